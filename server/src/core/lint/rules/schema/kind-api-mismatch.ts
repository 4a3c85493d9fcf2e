import { groupOf } from '../../../kube/ref.ts';
import { kindNames, type Release, reaches, servedVersions, versionsOf } from '../../../schema/apis.ts';
import { lifecycleOf, type Schema } from '../../../schema/schema.ts';
import { closeNames } from '../../../schema/suggest.ts';
import { objectRule } from '../../rule.ts';

export const kindApiMismatch = objectRule()({
  id: 'kind-api-mismatch',
  group: 'schema',
  severity: 'error',
  scope: 'object',
  kinds: 'all',
  case: 'manifest-does-not-match-schema',
  sources: ['kubeconform/missing-schema'],
  messages: {
    wrongApi: '{kind} is not of {apiVersion}, but of {offered}; the API server does not find it.',
    wrongKind: '{apiVersion} has no {kind}, but {near}; the API server does not find it.',
    notYet: '{apiVersion} {kind} is served from {introduced} on, and the target is {target}.',
    useApi: 'Use apiVersion {near}',
    useKind: 'Use kind {near}',
  },

  check(resource, { kubernetesVersion, report }) {
    const { apiVersion, kind } = resource.ref;
    const schema = resource.origin?.file.schema;
    if (!schema || !isOurs(schema, apiVersion)) return;
    const known = lifecycleOf(schema, apiVersion, kind);
    if (known) {
      if (known.introduced !== undefined && !reaches(kubernetesVersion, known.introduced))
        report('notYet', ['apiVersion'], {
          data: { apiVersion, kind, introduced: known.introduced, target: kubernetesVersion.join('.') },
          fixes: versionFixes(schema, kind, kubernetesVersion),
        });
      return;
    }
    const versions = versionsOf(schema, kind);
    if (versions.length > 0) {
      const served = servedVersions(schema, kind, kubernetesVersion);
      const offered = served.length > 0 ? served : versions;
      report('wrongApi', ['apiVersion'], {
        data: { kind, apiVersion, offered: offered.map((version) => version.apiVersion).join(', ') },
        fixes: versionFixes(schema, kind, kubernetesVersion),
      });
      return;
    }
    const near = closeNames(kind, kindNames(schema)).filter((name) =>
      schema.kinds.has(`${apiVersion}/${name}`),
    );
    const [first] = near;
    if (first === undefined) return;
    report('wrongKind', ['kind'], {
      data: { kind, apiVersion, near: first },
      fixes: near.slice(0, 2).map((name) => ({
        title: 'useKind',
        data: { near: name },
        safe: near.length === 1 && name.toLowerCase() === kind.toLowerCase(),
        edits: [{ op: 'set', path: ['kind'], value: name }],
      })),
    });
  },
});

/** The best version of each group that has the kind; safe when there is one group only. */
function versionFixes(schema: Schema, kind: string, release: Release) {
  const best = new Map<string, string>();
  for (const { apiVersion } of servedVersions(schema, kind, release)) {
    const group = groupOf(apiVersion);
    if (!best.has(group)) best.set(group, apiVersion);
  }
  return [...best.values()].slice(0, 2).map((near) => ({
    title: 'useApi' as const,
    data: { near },
    safe: best.size === 1,
    edits: [{ op: 'set' as const, path: ['apiVersion'], value: near }],
  }));
}

const groups = new WeakMap<Schema, Set<string>>();

/** True for groups that Kubernetes has, and for those without a dot, which nobody else may use. */
function isOurs(schema: Schema, apiVersion: string): boolean {
  const group = groupOf(apiVersion);
  if (!group.includes('.')) return true;
  let known = groups.get(schema);
  if (!known) {
    known = new Set([...schema.kinds.values()].map((kind) => groupOf(kind.apiVersion)));
    groups.set(schema, known);
  }
  return known.has(group);
}
