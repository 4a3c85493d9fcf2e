/** What the rules about missing ConfigMaps and Secrets have in common. */

import { matchesGlob } from '../glob.ts';
import { declaredNames, generatedNames, isAlwaysThere } from '../kube/declared.ts';
import { type Reference, referencesOf } from '../kube/references.ts';
import { DEFAULT_NAMESPACE, type Store } from '../kube/store.ts';
import { nearest } from '../nearest.ts';
import { objectRule, type Rule } from './rule.ts';

type RefMessage = 'missing' | 'missingNear' | 'elsewhere' | 'useName' | 'makeOptional';

/** Usages that stop a container; pull secrets, tokens and certificates have rules of their own. */
const USAGES = new Set(['env', 'envFrom', 'volume']);

export interface MissingRefSpec {
  id: string;
  kind: 'ConfigMap' | 'Secret';
  severity: Rule['severity'];
  /** `mode`: `strict` tells every missing name, `typo` only those close to a declared one. */
  params: { ignore: readonly string[]; needAny: boolean; mode: string };
  messages: Record<RefMessage, string>;
}

/** A rule for names of a kind that no object has. Silent where the namespace declares none of that kind. */
export const missingRefRule = ({ kind, ...meta }: MissingRefSpec): Rule =>
  objectRule()({
    ...meta,
    group: 'references',
    confidence: 'likely',
    scope: 'workspace',
    kinds: 'pods',
    case: 'config-reference-missing',
    sources:
      kind === 'ConfigMap' ? ['kube-linter/env-value-from'] : ['kube-linter/env-value-from', 'popeye/304'],

    check(resource, { store, params, report }) {
      const namespace = resource.ref.namespace ?? DEFAULT_NAMESPACE;
      let names: Set<string> | undefined;
      for (const reference of referencesOf(resource)) {
        if (reference.kind !== kind || !USAGES.has(reference.usage) || reference.optional) continue;
        const { name, path } = reference;
        if (store.get({ apiVersion: 'v1', kind, namespace, name })) continue;
        if (isAlwaysThere(kind, name) || params.ignore.some((glob) => matchesGlob(glob, name))) continue;
        names ??= declaredNames(store, kind, namespace);
        if (names.has(name) || generatedNames(store, kind).has(name)) continue;
        const other = namespaceOf(store, reference);
        if (other !== undefined) {
          report('elsewhere', path, { data: { name, namespace, other } });
          continue;
        }
        const near = nearest(name, names);
        if (near === undefined && params.mode === 'typo') continue;
        if (params.needAny && names.size === 0) continue;
        report(near === undefined ? 'missing' : 'missingNear', path, {
          data: { name, namespace, near },
          fixes: [
            ...(near === undefined
              ? []
              : [
                  {
                    title: 'useName' as const,
                    data: { near },
                    edits: [{ op: 'set' as const, path, value: near }],
                  },
                ]),
            {
              title: 'makeOptional',
              edits: [{ op: 'set', path: [...path.slice(0, -1), 'optional'], value: true }],
            },
          ],
        });
      }
    },
  });

/** Another namespace that declares the name. */
const namespaceOf = (store: Store, { kind, name }: Reference): string | undefined =>
  store.list(kind).find(({ ref }) => ref.name === name)?.ref.namespace;
