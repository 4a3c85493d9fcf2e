/** Waits until a terminal's container runs, and says on the way what is being waited for. */
import type { ContainerStatus, Event, Pod } from '../../core/kube/types.ts';
import { t } from '../../l10n.ts';
import type { TerminalPlace } from '../../protocol.ts';
import type { KubeClient } from '../client.ts';
import { fail } from '../failure.ts';
import { pause } from '../pause.ts';
import { type ApiResource, resourceOf } from '../resources.ts';

export type OnProgress = (step: string) => void;

/** Pulling a large image over a slow line takes its time; waiting for ever helps nobody. */
const LIMIT_MS = 10 * 60_000;
const POLL_MS = 400;
const SLOW_MS = 10_000;

/** Reasons to wait that pass by themselves. Every other one is a failure that the user can read. */
const PASSING = new Set(['', 'ContainerCreating', 'PodInitializing']);

const resource = (kind: string): ApiResource => {
  const found = resourceOf(kind);
  if (!found) throw new Error(`no resource for ${kind}`);
  return found;
};

export const podResource = resource('Pod');

/** Resolves when the container runs. Throws `refused` with the kubelet's words when it cannot. */
export async function waitForContainer(
  client: KubeClient,
  place: TerminalPlace,
  onProgress: OnProgress,
  signal: AbortSignal,
): Promise<void> {
  const deadline = Date.now() + LIMIT_MS;
  const slowAt = Date.now() + SLOW_MS;
  const told = new Set<string>();
  const tell = (step: string): void => {
    if (told.has(step)) return;
    told.add(step);
    onProgress(step);
  };
  while (Date.now() < deadline) {
    const pod = (await client.get(podResource, place.namespace, place.pod, signal)) as Pod;
    const status = statusOf(pod, place.container);
    if (status?.state?.running) return;
    refuseIfOver(pod, place, status);
    for (const step of await kubeletSteps(client, place, signal)) tell(step);
    // Not a word from the kubelet: it is down, or busy.
    if (told.size === 0 && Date.now() > slowAt) tell(t('Still waiting for the kubelet of the node'));
    await pause(POLL_MS, signal);
  }
  throw fail({
    code: 'timed-out',
    message: t('The container did not start within {minutes} min.', { minutes: LIMIT_MS / 60_000 }),
  });
}

export const statusOf = ({ status }: Pod, container: string): ContainerStatus | undefined =>
  [
    ...(status?.ephemeralContainerStatuses ?? []),
    ...(status?.containerStatuses ?? []),
    ...(status?.initContainerStatuses ?? []),
  ].find(({ name }) => name === container);

function refuseIfOver(pod: Pod, { container }: TerminalPlace, status: ContainerStatus | undefined): void {
  const { waiting, terminated } = status?.state ?? {};
  if (waiting?.reason && !PASSING.has(waiting.reason))
    throw fail({
      code: 'refused',
      message: cannotStart(waiting.reason),
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

/** What to do about the reasons that a setting mends. */
function cannotStart(reason: string): string {
  if (/Image|Registry/.test(reason))
    return t(
      'The image of the terminal cannot be used ({reason}); set podTriage.netshoot.image to one that the node can pull.',
      { reason },
    );
  if (reason === 'CreateContainerConfigError')
    return t(
      'The container cannot start ({reason}); profile restricted in podTriage.netshoot.profile runs without root.',
      { reason },
    );
  return t('The container cannot start: {reason}.', { reason });
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
  { namespace, pod, container }: TerminalPlace,
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

/** How a container ended, asked for until the kubelet says so or the patience ends. Undefined while it runs. */
export async function exitOf(
  client: KubeClient,
  place: TerminalPlace,
  patienceMs: number,
  signal: AbortSignal,
): Promise<{ exitCode: number; reason?: string } | undefined> {
  const deadline = Date.now() + patienceMs;
  do {
    const pod = (await client.get(podResource, place.namespace, place.pod, signal)) as Pod;
    const ended = statusOf(pod, place.container)?.state?.terminated;
    if (ended) {
      const { exitCode, reason = '' } = ended;
      // `Error` and `Completed` only repeat the code.
      return { exitCode, ...(/^(Error|Completed|)$/.test(reason) ? {} : { reason }) };
    }
    await pause(POLL_MS, signal);
  } while (Date.now() < deadline);
  return undefined;
}
