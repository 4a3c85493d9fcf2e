/** Names of other objects in a spec. */
import type { Ingress, PodSpec } from '../kube/types.ts';

/** Service names an Ingress routes to, the default backend included. */
export function backendNames({ spec }: Ingress): string[] {
  const backends = [
    spec?.defaultBackend,
    ...(spec?.rules ?? []).flatMap((rule) => (rule.http?.paths ?? []).map(({ backend }) => backend)),
  ];
  return backends.flatMap((backend) => (backend?.service?.name ? [backend.service.name] : []));
}

export const claimNames = (spec: PodSpec | undefined): string[] =>
  (spec?.volumes ?? []).flatMap(({ persistentVolumeClaim: claim }) =>
    claim?.claimName ? [claim.claimName] : [],
  );

/** True when a pod refers to a ConfigMap, Secret or ServiceAccount of that name. */
export function mentions(spec: PodSpec | undefined, kind: string, name: string): boolean {
  if (!spec) return false;
  if (kind === 'ServiceAccount') return (spec.serviceAccountName ?? 'default') === name;
  const isIt = (found: string | undefined): boolean => found === name;
  const containers = [...(spec.initContainers ?? []), ...(spec.containers ?? [])];
  if (kind === 'ConfigMap')
    return (
      (spec.volumes ?? []).some(
        ({ configMap, projected }) =>
          isIt(configMap?.name) || projected?.sources?.some((source) => isIt(source.configMap?.name)),
      ) ||
      containers.some(
        ({ env, envFrom }) =>
          env?.some(({ valueFrom }) => isIt(valueFrom?.configMapKeyRef?.name)) ||
          envFrom?.some(({ configMapRef }) => isIt(configMapRef?.name)),
      )
    );
  return (
    (spec.imagePullSecrets ?? []).some((secret) => isIt(secret.name)) ||
    (spec.volumes ?? []).some(
      ({ secret, projected }) =>
        isIt(secret?.secretName) || projected?.sources?.some((source) => isIt(source.secret?.name)),
    ) ||
    containers.some(
      ({ env, envFrom }) =>
        env?.some(({ valueFrom }) => isIt(valueFrom?.secretKeyRef?.name)) ||
        envFrom?.some(({ secretRef }) => isIt(secretRef?.name)),
    )
  );
}
