/** Puts the real names of a finding into the commands of a case. */
import type { Finding } from '../../../server/src/core/finding.ts';

export type Names = Record<string, string>;

/** A name that may stand in a shell command as it is: what Kubernetes allows, nothing else. */
const SAFE_NAME = /^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/;

const FENCE = /(^|\n)(```[^\n]*\n)([\s\S]*?)(\n```)/g;

/** Kinds and the place their name fills. */
const PLACES: Record<string, string> = {
  Pod: 'pod',
  Service: 'service',
  Node: 'node',
  Deployment: 'deployment',
  StatefulSet: 'statefulset',
  DaemonSet: 'daemonset',
  Job: 'job',
  CronJob: 'cronjob',
  Ingress: 'ingress',
  NetworkPolicy: 'policy',
  ConfigMap: 'configmap',
  Secret: 'secret',
  PersistentVolumeClaim: 'claim',
};

const KNOWN = new Set([...Object.values(PLACES), 'namespace', 'workload', 'container', 'name']);

/**
 * `{pod}` and the like inside fenced code become names; a place without a name stays as `<pod>`.
 * Other braces are the command's own: `{end}` belongs to jsonpath.
 */
export function fillNames(body: string, names: Names): string {
  const fill = (code: string): string =>
    code.replace(/\{([a-z]+)\}/g, (place, key: string) => {
      if (!KNOWN.has(key)) return place;
      const name = names[key];
      return name !== undefined && SAFE_NAME.test(name) ? name : `<${key}>`;
    });
  return body.replace(
    FENCE,
    (_, before: string, open: string, code: string, close: string) => `${before}${open}${fill(code)}${close}`,
  );
}

const WORKLOADS = new Set(['Deployment', 'StatefulSet', 'DaemonSet', 'Job', 'CronJob', 'ReplicaSet']);

/** Names of a finding's object, and of the subject it was found for. */
export function namesOf(
  finding: Pick<Finding, 'object'>,
  subject?: { kind: string; namespace?: string; name: string },
): Names {
  const names: Names = {};
  for (const ref of subject ? [subject, finding.object] : [finding.object]) {
    if (ref.namespace) names.namespace = ref.namespace;
    const place = PLACES[ref.kind];
    if (place) names[place] = ref.name;
    if (WORKLOADS.has(ref.kind)) names.workload = ref.name;
  }
  return names;
}
