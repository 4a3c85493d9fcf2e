/** Rules about pods that share a namespace of their node. */
import { matchesGlob } from '../glob.ts';
import { DEFAULT_NAMESPACE } from '../kube/store.ts';
import { podTemplateOf, templatePath } from '../kube/workload.ts';
import { objectRule, type Rule } from './rule.ts';

export interface HostNamespace {
  id: string;
  field: 'hostNetwork' | 'hostPID' | 'hostIPC';
  sources: readonly string[];
  messages: { shared: string; remove: string };
}

export const hostNamespaceRule = ({ field, ...meta }: HostNamespace): Rule =>
  objectRule()({
    ...meta,
    group: 'security',
    severity: 'warning',
    scope: 'object',
    kinds: 'pods',
    case: 'host-namespaces',
    podSecurity: 'baseline',
    /** Globs of namespaces where pods of the system run. */
    params: { exemptNamespaces: ['kube-system'] as readonly string[] },

    check({ object, ref }, { params, report }) {
      const base = templatePath(object.kind);
      const namespace = ref.namespace ?? DEFAULT_NAMESPACE;
      if (!base || podTemplateOf(object)?.spec?.[field] !== true) return;
      if (params.exemptNamespaces.some((glob) => matchesGlob(glob, namespace))) return;
      const path = [...base, 'spec', field];
      report('shared', path, { at: 'key', fixes: [{ title: 'remove', edits: [{ op: 'delete', path }] }] });
    },
  });
