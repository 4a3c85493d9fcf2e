/** What the rules about missing keys of ConfigMaps and Secrets have in common. */

import { matchesGlob } from '../glob.ts';
import { isAlwaysThere } from '../kube/declared.ts';
import { referencesOf } from '../kube/references.ts';
import { DEFAULT_NAMESPACE } from '../kube/store.ts';
import type { ConfigMap, Secret } from '../kube/types.ts';
import { nearest } from '../nearest.ts';
import { objectRule, type Rule } from './rule.ts';

export interface MissingKeySpec {
  id: string;
  kind: 'ConfigMap' | 'Secret';
  messages: Record<'missing' | 'empty' | 'theKeys' | 'useKey', string>;
}

/** A rule for keys that the named object does not have. A missing object is another rule's. */
export const missingKeyRule = ({ kind, ...meta }: MissingKeySpec): Rule =>
  objectRule()({
    ...meta,
    group: 'references',
    severity: 'error',
    scope: 'workspace',
    kinds: 'pods',
    case: 'config-reference-missing',
    sources: ['kube-linter/env-value-from'],
    params: { ignore: [] as readonly string[] },

    check(resource, { store, params, report }) {
      const namespace = resource.ref.namespace ?? DEFAULT_NAMESPACE;
      for (const { kind: of, name, keys, optional } of referencesOf(resource)) {
        // What a controller fills is often declared without its keys.
        if (of !== kind || optional || keys.length === 0 || isAlwaysThere(kind, name)) continue;
        if (params.ignore.some((glob) => matchesGlob(glob, name))) continue;
        const [declared, ...more] = store.all({ apiVersion: 'v1', kind, namespace, name });
        if (!declared) continue;
        const offered = [declared, ...more].flatMap(({ object }) => keysOf(object));
        for (const { key, path } of keys) {
          if (offered.includes(key)) continue;
          // A key that is close comes first; a single key is worth offering in any case.
          const near = nearest(key, offered) ?? (offered.length === 1 ? offered[0] : undefined);
          report(offered.length > 0 ? 'missing' : 'empty', path, {
            data: { name, key, offered: offered.join(', ') },
            related: [{ resource: declared, path: ['metadata', 'name'], message: 'theKeys', data: { name } }],
            fixes:
              near === undefined
                ? []
                : [{ title: 'useKey', data: { near }, edits: [{ op: 'set', path, value: near }] }],
          });
        }
      }
    },
  });

const keysOf = (object: ConfigMap & Secret): string[] =>
  [object.data, object.binaryData, object.stringData].flatMap((map) => Object.keys(map ?? {}));
