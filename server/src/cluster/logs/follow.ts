/** Follows the logs of a pod: through restarts of its containers and losses of the connection, until nothing more comes. */
import type { Pod } from '../../core/kube/types.ts';
import { t } from '../../l10n.ts';
import type { LogQuery } from '../../protocol.ts';
import type { KubeClient } from '../client.ts';
import { failureOf } from '../failure.ts';
import { nameSegment } from '../names.ts';
import { pause } from '../pause.ts';
import { podResource, statusOf } from '../terminal/start.ts';
import type { LineBatch } from './batch.ts';
import { logLine, ofContainer, timeKey } from './line.ts';
import { whyNot } from './read.ts';

const RETRY_MS = [500, 1000, 2000, 5000];
const RESTART_POLL_MS = 1000;
/** In a row: a server that refuses a container that runs has another reason. */
const MAX_REFUSALS = 3;

interface One {
  namespace: string;
  pod: string;
  container: string;
  tail: number;
  sinceSeconds?: number | undefined;
  say(time: string, text: string): void;
}

/** Resolves when every container has ended for good. Throws what stands in the way of one container that is alone. */
export async function followLogs(
  client: KubeClient,
  { namespace, pod, containers, tail, sinceSeconds }: LogQuery,
  lines: LineBatch,
  signal: AbortSignal,
): Promise<void> {
  const several = containers.length > 1;
  await Promise.all(
    containers.map(async (container) => {
      const say = (time: string, text: string): void =>
        lines.add(time, several ? ofContainer(container, text) : text);
      try {
        await followOne(client, { namespace, pod, container, tail, sinceSeconds, say }, signal);
      } catch (error) {
        if (signal.aborted || !several) throw error;
        say('', whyNot(error));
      }
    }),
  );
}

async function followOne(client: KubeClient, one: One, signal: AbortSignal): Promise<void> {
  const { namespace, pod, container, say } = one;
  let last = '';
  let failures = 0;
  for (;;) {
    try {
      const from = last ? { sinceTime: last } : { tail: one.tail, sinceSeconds: one.sinceSeconds };
      for await (const raw of client.followLog(namespace, pod, container, from, signal)) {
        failures = 0;
        const { time, text } = logLine(raw);
        // The server knows whole seconds only: what was seen of this one comes again.
        if (last && time && timeKey(time) <= timeKey(last)) continue;
        last = time || last;
        say(time, text);
      }
      if (!(await runsAgain(client, one, last, signal))) return;
    } catch (error) {
      const { code } = failureOf(error);
      // Refused: it has not been started yet, as a rule.
      if (code === 'refused' && failures++ < MAX_REFUSALS && (await runsAgain(client, one, last, signal)))
        continue;
      if (signal.aborted || (code !== 'unreachable' && code !== 'timed-out')) throw error;
      if (failures === 0) say('', t('— connection lost, trying again —'));
      await pause(RETRY_MS[Math.min(failures++, RETRY_MS.length - 1)] ?? RESTART_POLL_MS, signal);
    }
  }
}

/**
 * False when the container has ended and will not be started again; `last` is the time of the last line. Says what it
 * waits for, when that changes.
 */
async function runsAgain(client: KubeClient, one: One, last: string, signal: AbortSignal): Promise<boolean> {
  let told = '';
  const tell = (text: string): void => {
    if (text !== told) one.say('', text);
    told = text;
  };
  for (;;) {
    const pod = await podOf(client, one, signal);
    if (!pod) {
      tell(t('— the pod is gone —'));
      return false;
    }
    const { state, lastState } = statusOf(pod, one.container) ?? {};
    if (state?.running) {
      // So quickly that nobody saw it end.
      const { exitCode: code, finishedAt = '' } = lastState?.terminated ?? {};
      if (code !== undefined && last && timeKey(finishedAt) >= timeKey(last.slice(0, 19)))
        tell(t('— the container ended with exit code {code} and runs again —', { code }));
      return true;
    }
    const ended = state?.terminated ?? lastState?.terminated;
    if (!ended)
      tell(t('— waiting for the container to start: {reason} —', { reason: state?.waiting?.reason ?? '' }));
    else if (isFinal(pod, one.container, ended.exitCode)) {
      tell(t('— the container ended with exit code {code} —', { code: ended.exitCode }));
      return false;
    } else
      tell(
        t('— the container ended with exit code {code}; waiting for its next run —', {
          code: ended.exitCode,
        }),
      );
    await pause(RESTART_POLL_MS, signal);
  }
}

function isFinal({ spec, status }: Pod, container: string, exitCode: number): boolean {
  if (/^(Succeeded|Failed)$/.test(status?.phase ?? '') || spec?.restartPolicy === 'Never') return true;
  const isInit = spec?.initContainers?.some(
    ({ name, restartPolicy }) => name === container && restartPolicy !== 'Always',
  );
  return exitCode === 0 && (isInit === true || spec?.restartPolicy === 'OnFailure');
}

async function podOf(client: KubeClient, one: One, signal: AbortSignal): Promise<Pod | undefined> {
  try {
    return (await client.get(podResource, one.namespace, nameSegment(one.pod), signal)) as Pod;
  } catch (error) {
    if (failureOf(error).code === 'not-found') return undefined;
    throw error;
  }
}
