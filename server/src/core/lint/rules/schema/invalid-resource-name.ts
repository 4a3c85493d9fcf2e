import { legalName, MAX_NAME, type NameRule, nameProblem, nameRuleOf } from '../../../kube/names.ts';
import { containersOf, podTemplateOf, templatePath } from '../../../kube/workload.ts';
import type { Path } from '../../../path.ts';
import type { EditOp } from '../../../yaml/edit.ts';
import { objectRule } from '../../rule.ts';

/** Message for what is wrong, by the rule that a name follows. */
const CHARACTERS = {
  subdomain: 'subdomain',
  label: 'label',
  label1035: 'label1035',
  segment: 'segment',
} as const satisfies Record<NameRule, string>;

export const invalidResourceName = objectRule()({
  id: 'invalid-resource-name',
  group: 'schema',
  severity: 'error',
  scope: 'object',
  kinds: 'all',
  case: 'names-and-labels',
  messages: {
    subdomain:
      'Name {name} may only hold lower-case letters, digits, hyphens and dots, and letters or digits at its ends; the API server refuses the object.',
    label:
      'Name {name} may only hold lower-case letters, digits and hyphens, and letters or digits at its ends; the API server refuses the object.',
    label1035:
      'Name {name} may only hold lower-case letters, digits and hyphens, and starts with a letter; the API server refuses the object.',
    segment: 'Name {name} may hold no slash and no percent sign; the API server refuses the object.',
    tooLong:
      'Name {name} has {length} characters, and at most {max} are allowed; the API server refuses the object.',
    rename: 'Rename to {legal}',
  },

  check({ object, ref }, { report }) {
    const tell = (name: unknown, path: Path, rule: NameRule, users: readonly Path[] = []): void => {
      // Placeholders of other tools are filled before the API server sees them.
      if (typeof name !== 'string' || name === '' || name.includes('${')) return;
      const problem = nameProblem(name, rule);
      if (!problem) return;
      const legal = legalName(name, rule);
      report(problem === 'tooLong' ? 'tooLong' : CHARACTERS[rule], path, {
        data: {
          name: name.length > 60 ? `${name.slice(0, 60)}…` : name,
          length: name.length,
          max: MAX_NAME[rule],
        },
        fixes:
          legal === undefined
            ? []
            : [
                {
                  title: 'rename',
                  data: { legal },
                  edits: [path, ...users].map((at): EditOp => ({ op: 'set', path: at, value: legal })),
                },
              ],
      });
    };

    const rule = nameRuleOf(ref);
    if (rule) tell(object.metadata.name, ['metadata', 'name'], rule);
    const base = templatePath(ref.kind);
    const spec = podTemplateOf(object)?.spec;
    if (!base || !spec) return;
    const containers = containersOf(object);
    for (const { container, path } of containers) tell(container.name, [...path, 'name'], 'label');
    for (const [index, { name }] of (spec.volumes ?? []).entries()) {
      const mounts = containers.flatMap(({ container, path }) =>
        (container.volumeMounts ?? []).flatMap((mount, i) =>
          mount.name === name ? [[...path, 'volumeMounts', i, 'name']] : [],
        ),
      );
      tell(name, [...base, 'spec', 'volumes', index, 'name'], 'label', mounts);
    }
  },
});
