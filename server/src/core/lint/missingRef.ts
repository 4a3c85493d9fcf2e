/** What the rules about missing ConfigMaps and Secrets have in common. */

import { matchesGlob } from '../glob.ts';
import { declaredNames, generatedNames, isAlwaysThere } from '../kube/declared.ts';
import { type Reference, referencesOf } from '../kube/references.ts';
import { DEFAULT_NAMESPACE, type Resource, type Store } from '../kube/store.ts';
import { nearest } from '../nearest.ts';
import type { NewObject } from '../yaml/addObject.ts';
import { objectBeside } from './newObjects.ts';
import { type FixSpec, objectRule, type Rule } from './rule.ts';

type RefMessage = 'missing' | 'missingNear' | 'elsewhere' | 'useName' | 'makeOptional';

/** Usages that stop a container; pull secrets, tokens and certificates have rules of their own. */
const USAGES = new Set(['env', 'envFrom', 'volume']);

export interface MissingRefSpec {
  id: string;
  kind: 'ConfigMap' | 'Secret';
  severity: Rule['severity'];
  /** `mode`: `strict` tells every missing name, `typo` only those close to a declared one. */
  params: { ignore: readonly string[]; needAny: boolean; mode: string };
  /** `create` only where an empty one is a beginning: a Secret without its values is none. */
  messages: Record<RefMessage, string> & { create?: string };
}

/** A rule for names of a kind that no object has. Silent where the namespace declares none of that kind. */
export const missingRefRule = ({ kind, messages, ...meta }: MissingRefSpec): Rule =>
  objectRule()<string, MissingRefSpec['params']>({
    ...meta,
    messages,
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
        const fixes: FixSpec[] = [];
        if (near !== undefined)
          fixes.push({ title: 'useName', data: { near }, edits: [{ op: 'set', path, value: near }] });
        const optional = [...path.slice(0, -1), 'optional'];
        fixes.push({ title: 'makeOptional', edits: [{ op: 'set', path: optional, value: true }] });
        if (messages.create !== undefined)
          fixes.push({ title: 'create', data: { name }, create: stubOf(resource, reference) });
        report(near === undefined ? 'missing' : 'missingNear', path, {
          data: { name, namespace, near },
          fixes,
        });
      }
    },
  });

/** The object that is missing, with the keys that are asked for. */
function stubOf(resource: Resource, { kind, name }: Reference): NewObject {
  const used = referencesOf(resource).filter((other) => other.kind === kind && other.name === name);
  const keys = used.flatMap((other) => other.keys.map(({ key }) => key));
  return objectBeside(resource, {
    apiVersion: 'v1',
    kind,
    name,
    data: Object.fromEntries(keys.map((key) => [key, ''])),
  });
}

/** Another namespace that declares the name. */
const namespaceOf = (store: Store, { kind, name }: Reference): string | undefined =>
  store.list(kind).find(({ ref }) => ref.name === name)?.ref.namespace;
