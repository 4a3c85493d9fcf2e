/** Waits until a terminal's container runs, and says on the way what is being waited for. */
import type { ContainerStatus, Event, Pod } from '../../core/kube/types.ts';
import { t } from '../../l10n.ts';
import type { KubeClient } from '../client.ts';
import { fail } from '../failure.ts';
import { pause } from '../pause.ts';
import { type ApiResource, resourceOf } from '../resources.ts';

export interface Place {
  namespace: string;
  pod: string;
  container: string;
}

export type OnProgress = (step: string) => void;

/** Pulling a large image over a slow line takes its time; waiting for ever helps nobody. */
const LIMIT_MS = 10 * 60_000;
const POLL_MS = 400;

/** Reasons to wait that pass by themselves. Every other one is a failure that the user can read. */
const PASSING = new Set(['', 'ContainerCreating', 'PodInitializing']);

const resource = (kind: string): ApiResource => {
  const found = resourceOf(kind);
  if (!found) throw new Error(`no resource for ${kind}`);
  return found;
};

/** Resolves when the container runs. Throws `refused` with the kubelet's words when it cannot. */
export async function waitForContainer(
  client: KubeClient,
  place: Place,
  onProgress: OnProgress,
  signal: AbortSignal,
): Promise<void> {
  const deadline = Date.now() + LIMIT_MS;
  const told = new Set<string>();
  const tell = (step: string): void => {
    if (told.has(step)) return;
    told.add(step);
    onProgress(step);
  };
  while (Date.now() < deadline) {
    const pod = (await client.get(resource('Pod'), place.namespace, place.pod, signal)) as Pod;
    const status = statusOf(pod, place.container);
    if (status?.state?.running) return;
    refuseIfOver(pod, place, status);
    for (const step of await kubeletSteps(client, place, signal)) tell(step);
    await pause(POLL_MS, signal);
  }
  throw fail({
    code: 'timed-out',
    message: t('The container did not start within {minutes} min.', { minutes: LIMIT_MS / 60_000 }),
  });
}

export const statusOf = ({ status }: Pod, container: string): ContainerStatus | undefined =>
  [...(status?.ephemeralContainerStatuses ?? []), ...(status?.containerStatuses ?? [])].find(
    ({ name }) => name === container,
  );

function refuseIfOver(pod: Pod, { container }: Place, status: ContainerStatus | undefined): void {
  const { waiting, terminated } = status?.state ?? {};
  if (waiting?.reason && !PASSING.has(waiting.reason))
    throw fail({
      code: 'refused',
      message: t('The container cannot start: {reason}.', { reason: waiting.reason }),
      detail: waiting.message ?? '',
    });
  if (terminated)
    throw fail({
      code: 'refused',
      message: t('The container ended at once with exit code {code}; its image may have no /bin/sh.', {
        code: terminated.exitCode,
      }),
      detail: [terminated.reason, terminated.message].filter(Boolean).join(': '),
    });
  if (pod.status?.phase === 'Failed' || pod.status?.phase === 'Succeeded')
    throw fail({
      code: 'refused',
      message: t('Pod {pod} ended before its container {container} started.', {
        pod: pod.metadata.name,
        container,
      }),
      detail: [pod.status.reason, pod.status.message].filter(Boolean).join(': '),
    });
}

const STEPS: Record<string, () => string> = {
  Scheduled: () => t('Scheduled'),
  Pulling: () => t('Pulling the image'),
  Pulled: () => t('Image is there'),
  Created: () => t('Container created'),
  Started: () => t('Container started'),
};

/** What the kubelet has reported for this container so far, oldest first. */
async function kubeletSteps(
  client: KubeClient,
  { namespace, pod, container }: Place,
  signal: AbortSignal,
): Promise<string[]> {
  const { items } = await client
    .list(
      resource('Event'),
      { namespace, fieldSelector: `involvedObject.kind=Pod,involvedObject.name=${pod}` },
      signal,
      500,
    )
    // Without the right to read events there is less to tell, and the terminal opens all the same.
    .catch(() => ({ items: [] }));
  const reasons = new Set(
    (items as Event[])
      .filter(({ involvedObject }) => involvedObject?.fieldPath?.includes(`{${container}}`))
      .map(({ reason = '' }) => reason),
  );
  return Object.entries(STEPS).flatMap(([reason, step]) => (reasons.has(reason) ? [step()] : []));
}

/** The exit code of a container that has ended; waits a moment for the kubelet to say so. Undefined while it runs. */
export async function exitCodeOf(
  client: KubeClient,
  place: Place,
  signal: AbortSignal,
): Promise<{ code: number } | undefined> {
  for (let attempt = 0; attempt < 8; attempt++) {
    const pod = (await client.get(resource('Pod'), place.namespace, place.pod, signal)) as Pod;
    const ended = statusOf(pod, place.container)?.state?.terminated;
    if (ended) return { code: ended.exitCode };
    await pause(POLL_MS, signal);
  }
  return undefined;
}
