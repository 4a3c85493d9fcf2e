import { folderOf } from '../../../kube/patches.ts';
import { formatRef } from '../../../kube/ref.ts';
import type { Resource } from '../../../kube/store.ts';
import { objectRule } from '../../rule.ts';

export const duplicateResource = objectRule()({
  id: 'duplicate-resource',
  group: 'schema',
  severity: 'error',
  scope: 'workspace',
  kinds: 'all',
  case: 'duplicate-declaration',
  // file: told within a file. folder: also between the files of one folder. workspace: between all files.
  params: { scope: 'folder' },
  messages: {
    inFile: '{object} is declared twice in this file; the one applied last replaces the other.',
    elsewhere: '{object} is also declared in {file}; the one applied last replaces the other.',
    theOther: 'The other declaration of {object}',
  },

  check(resource, { store, params, report }) {
    const { metadata } = resource.object;
    // A generated name is another one each time.
    if (!metadata.name || !resource.origin) return;
    const others = store.all(resource.ref).filter((other) => other !== resource && other.origin);
    const near = others.filter((candidate) => !sameFile(candidate, resource) && inScope(candidate));
    // Many files with one object are examples or variants: nobody applies them together.
    const onlyNear = new Set(near.map(({ origin }) => origin?.file.file)).size === 1 ? near[0] : undefined;
    const other = others.find((candidate) => sameFile(candidate, resource)) ?? onlyNear;
    if (!other?.origin) return;
    const isSameFile = sameFile(other, resource);
    const data = { object: formatRef(resource.ref), file: baseName(other.origin.file.file) };
    report(isSameFile ? 'inFile' : 'elsewhere', ['metadata', 'name'], {
      ...(isSameFile ? {} : { severity: 'warning', confidence: 'likely' }),
      data,
      related: [{ resource: other, path: ['metadata', 'name'], message: 'theOther', data }],
    });

    function inScope(candidate: Resource): boolean {
      if (params.scope === 'workspace') return true;
      return params.scope === 'folder' && folderOf(fileOf(candidate)) === folderOf(fileOf(resource));
    }
  },
});

const sameFile = (a: Resource, b: Resource): boolean => fileOf(a) === fileOf(b);

const fileOf = ({ origin }: Resource): string => origin?.file.file ?? '';

const baseName = (file: string): string => /[^/\\]*$/.exec(file)?.[0] ?? file;
