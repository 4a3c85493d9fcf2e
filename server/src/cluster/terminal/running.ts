/** Terminals of before that still run: those of a window that died, or of another one. */
import { isDeepStrictEqual } from 'node:util';
import type { Pod } from '../../core/kube/types.ts';
import type { TerminalPlan } from '../../protocol.ts';
import type { KubeClient } from '../client.ts';
import type { EphemeralContainer } from '../writes.ts';
import { CONTAINER_PREFIX, NODE_CONTAINER, NODE_TERMINAL_LABELS } from './objects.ts';
import { podResource, statusOf } from './start.ts';

type Running = TerminalPlan['running'];

/** The newest container in the pod that runs and is what would be added: same image, target and rights. */
export function runningInPod(pod: Pod, wanted: EphemeralContainer): Running {
  const alike = ({ image, targetContainerName, securityContext }: EphemeralContainer): unknown => [
    image,
    targetContainerName,
    securityContext,
  ];
  const found = (pod.spec?.ephemeralContainers ?? []).findLast(
    (each) =>
      each.name?.startsWith(CONTAINER_PREFIX) &&
      statusOf(pod, each.name)?.state?.running &&
      isDeepStrictEqual(alike(each), alike(wanted)),
  );
  return found?.name === undefined ? undefined : placeIn(pod, found.name);
}

/** The newest debug pod on the node that runs with that image. Undefined too when pods may not be listed. */
export async function runningOnNode(
  client: KubeClient,
  namespace: string,
  wanted: Pod,
  signal: AbortSignal,
): Promise<Running> {
  const pods = await debugPods(client, namespace, signal).catch((): Pod[] => []);
  const rights = ({ spec }: Pod): unknown => [
    spec?.nodeName,
    spec?.hostNetwork ?? false,
    spec?.containers?.[0]?.image,
    spec?.containers?.[0]?.securityContext,
    spec?.containers?.[0]?.volumeMounts?.find(({ mountPath }) => mountPath === '/host')?.readOnly ?? false,
  ];
  const found = pods.findLast(
    (pod) =>
      !pod.metadata.deletionTimestamp &&
      statusOf(pod, NODE_CONTAINER)?.state?.running &&
      isDeepStrictEqual(rights(pod), rights(wanted)),
  );
  return found && placeIn(found, NODE_CONTAINER);
}

/** All debug pods of ours in a namespace, oldest first. */
export async function debugPods(client: KubeClient, namespace: string, signal: AbortSignal): Promise<Pod[]> {
  const labelSelector = Object.entries(NODE_TERMINAL_LABELS)
    .map(([key, value]) => `${key}=${value}`)
    .join(',');
  const { items } = await client.list(podResource, { namespace, labelSelector }, signal, 100);
  const age = ({ metadata }: Pod): string => metadata.creationTimestamp ?? '';
  return (items as Pod[]).sort((a, b) => age(a).localeCompare(age(b)));
}

function placeIn(pod: Pod, container: string): Running {
  const since = statusOf(pod, container)?.state?.running?.startedAt;
  const { namespace = 'default', name: podName = '' } = pod.metadata;
  return { namespace, pod: podName, container, ...(since ? { since } : {}) };
}
