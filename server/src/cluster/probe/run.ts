/** Runs a prepared active test: writes what was shown, runs the script once, reads what it printed, cleans up. */
import type { Pod } from '../../core/kube/types.ts';
import { scriptArguments } from '../../core/probe/argv.ts';
import type { ProbeRun } from '../../core/probe/check.ts';
import { parseProbe, stepsOf } from '../../core/probe/parse.ts';
import { onNode } from '../../core/probe/plan.ts';
import { sayProbe } from '../../core/probe/say.ts';
import { PROBE_SCRIPT } from '../../core/probe/script.ts';
import { t, translate } from '../../l10n.ts';
import type { TerminalPlace } from '../../protocol.ts';
import type { KubeClient } from '../client.ts';
import { fail, timedOut } from '../failure.ts';
import { nameSegment } from '../names.ts';
import { podResource, waitForContainer } from '../terminal/start.ts';
import {
  addEphemeralContainer,
  createDebugPod,
  deleteDebugPod,
  endEphemeralShell,
  runInContainer,
} from '../writes.ts';
import { PROBE_CONTAINER, PROBE_LABELS } from './objects.ts';
import type { PreparedProbe, ProbeWrite } from './prepare.ts';

/** No step of the script begins later than this. */
const SCRIPT_SECONDS = 75;
/** From the first write to the last answer, the pull of the image included. */
const LIMIT_SECONDS = 240;
/** Cleaning up must not hold an editor that closes, nor a person that waits. */
const CLEANUP_MS = 8000;

/** Throws a failure when nothing could be run. A pod that was made is deleted in every case, also after an abort. */
export async function runProbe(
  client: KubeClient,
  { plan, write }: PreparedProbe,
  onProgress: (doing: string) => void,
  stop: AbortSignal,
): Promise<ProbeRun> {
  const limit = AbortSignal.timeout(LIMIT_SECONDS * 1000);
  const signal = AbortSignal.any([stop, limit]);
  const place = placeOf(write);
  try {
    onProgress(t('Preparing the active test'));
    if (write.kind === 'pod') await sweep(client, write.namespace, signal);
    await perform(client, write, signal);
    await waitForContainer(client, place, onProgress, signal);
    const run = await tests(client, place, write, plan, onProgress, signal);
    await tidy(client, write, place, true);
    return run;
  } catch (error) {
    await tidy(client, write, place, false);
    if (limit.aborted && !stop.aborted) throw timedOut(t('The active test'), LIMIT_SECONDS);
    throw error;
  }
}

async function tests(
  client: KubeClient,
  place: TerminalPlace,
  write: ProbeWrite,
  plan: PreparedProbe['plan'],
  onProgress: (doing: string) => void,
  signal: AbortSignal,
): Promise<ProbeRun> {
  const pod = (await client.get(podResource, place.namespace, nameSegment(place.pod), signal)) as Pod;
  const node = pod.spec?.nodeName ?? '';
  const { checks, untested } = onNode(plan, node, pod.status?.hostIP ?? '', sayProbe(translate));
  const command = ['/bin/sh', '-c', PROBE_SCRIPT, 'pod-triage', ...scriptArguments(checks, SCRIPT_SECONDS)];
  const { output, message } = await runInContainer(
    client,
    place,
    command,
    (sofar) => onProgress(t('Testing: {count} {count:step|steps} done', { count: stepsOf(sofar).size })),
    signal,
  );
  if (stepsOf(output).size === 0)
    throw fail({
      code: 'refused',
      message: t('The active test printed nothing; its image may have no /bin/sh.'),
      detail: message || output.slice(0, 200),
    });
  return {
    from: {
      pod: { apiVersion: 'v1', kind: 'Pod', namespace: place.namespace, name: place.pod },
      ...(node ? { node } : {}),
      made: write.kind === 'pod',
      labels: pod.metadata.labels ?? {},
    },
    at: new Date(client.now()).toISOString(),
    ...parseProbe(checks, output),
    untested,
  };
}

const placeOf = (write: ProbeWrite): TerminalPlace => {
  const { namespace } = write;
  switch (write.kind) {
    case 'reuse':
      return { namespace, pod: write.pod, container: write.container };
    case 'ephemeral':
      return { namespace, pod: write.pod, container: write.container.name ?? '' };
    case 'pod':
      return { namespace, pod: write.object.metadata.name ?? '', container: PROBE_CONTAINER };
  }
};

async function perform(client: KubeClient, write: ProbeWrite, signal: AbortSignal): Promise<void> {
  if (write.kind === 'ephemeral')
    await addEphemeralContainer(client, write.namespace, write.pod, write.container, { signal });
  else if (write.kind === 'pod') await createDebugPod(client, write.object, { signal });
}

/** After a whole test the container stays for the next one; after a broken one it is ended, with what still runs in it. */
async function tidy(
  client: KubeClient,
  write: ProbeWrite,
  place: TerminalPlace,
  isWhole: boolean,
): Promise<void> {
  const signal = AbortSignal.timeout(CLEANUP_MS);
  try {
    if (write.kind === 'pod') await deleteDebugPod(client, place.namespace, place.pod, signal);
    else if (write.kind === 'ephemeral' && !isWhole)
      await endEphemeralShell(client, place.namespace, place.pod, place.container, signal);
  } catch {
    // The pod's deadline, or the end of the sleep, does the rest.
  }
}

/** Pods of earlier tests that ended by their deadline because nobody was left to delete them. */
async function sweep(client: KubeClient, namespace: string, signal: AbortSignal): Promise<void> {
  const labelSelector = Object.entries(PROBE_LABELS)
    .map(([key, value]) => `${key}=${value}`)
    .join(',');
  try {
    const { items } = await client.list(podResource, { namespace, labelSelector }, signal, 100);
    const over = (items as Pod[]).filter(({ status }) => /^(Failed|Succeeded)$/.test(status?.phase ?? ''));
    for (const { metadata } of over) await deleteDebugPod(client, namespace, metadata.name ?? '', signal);
  } catch {
    // Tidying up is no reason not to test.
  }
}
