import { folderOf, type Places } from '../../../kube/places.ts';
import { formatRef } from '../../../kube/ref.ts';
import type { Resource } from '../../../kube/store.ts';
import { objectRule } from '../../rule.ts';

/** So many other declarations are listed beside one. */
const MAX_LISTED = 3;

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
    oftenInFile: '{object} is declared {count} times in this file; the one applied last replaces the others.',
    elsewhere: '{object} is also declared in {file}; the one applied last replaces the other.',
    theOther: 'The other declaration of {object}',
    another: 'Another declaration of {object}',
    lastListed: 'Another declaration of {object}; {more} more {more:is|are} not listed',
  },

  check(resource, { store, params, report }) {
    // A generated name is another one each time.
    if (!resource.object.metadata.name || !resource.origin) return;
    if (store.all(resource.ref).length === 1) return;
    const { file } = resource.origin.file;
    const places = store.places(resource.ref);
    const here = places.get(folderOf(file))?.get(file) ?? [];
    const object = formatRef(resource.ref);
    if (here.length > 1) {
      report(here.length === 2 ? 'inFile' : 'oftenInFile', ['metadata', 'name'], {
        data: { object, count: here.length },
        related: listed(here, resource).map(({ message, more, other }) => ({
          resource: other,
          path: ['metadata', 'name'],
          message,
          data: { object, more },
        })),
      });
      return;
    }
    const [other, ...more] = otherFiles(places, file, params.scope);
    // Many files with one object are examples or variants: nobody applies them together.
    if (!other || more.length > 0) return;
    const data = { object, file: baseName(other.file) };
    report('elsewhere', ['metadata', 'name'], {
      severity: 'warning',
      confidence: 'likely',
      data,
      related: [{ resource: other.first, path: ['metadata', 'name'], message: 'theOther', data }],
    });
  },
});

interface Listed {
  message: 'theOther' | 'another' | 'lastListed';
  more: number;
  other: Resource;
}

/** The first of the others; the last one listed says how many are not. */
function listed(declared: readonly Resource[], self: Resource): Listed[] {
  const others = declared.slice(0, MAX_LISTED + 1).filter((each) => each !== self);
  const shown = others.slice(0, MAX_LISTED);
  const more = declared.length - 1 - shown.length;
  if (declared.length === 2) return shown.map((other) => ({ message: 'theOther', more, other }));
  return shown.map((other, i) => ({
    message: more > 0 && i === shown.length - 1 ? 'lastListed' : 'another',
    more,
    other,
  }));
}

interface DeclaringFile {
  file: string;
  first: Resource;
}

/** Other files in scope that declare the object: none, the one, or the first two of many. */
function otherFiles(places: Places, own: string, scope: string): DeclaringFile[] {
  const found: DeclaringFile[] = [];
  if (scope !== 'folder' && scope !== 'workspace') return found;
  const folder = folderOf(own);
  for (const files of scope === 'folder' ? [places.get(folder) ?? NO_FILES] : places.values())
    for (const [file, [first]] of files) {
      if (first && file !== own) found.push({ file, first });
      if (found.length === 2) return found;
    }
  return found;
}

const NO_FILES: ReadonlyMap<string, readonly Resource[]> = new Map();

const baseName = (file: string): string => /[^/\\]*$/.exec(file)?.[0] ?? file;
