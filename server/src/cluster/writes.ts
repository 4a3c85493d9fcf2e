/**
 * Everything that changes a cluster, and nothing else does. Each function is called only after its object was shown
 * to the user and agreed to; what it makes is cleaned up by its caller or ends by itself.
 */
import type { KubeObject } from '../core/kube/object.ts';
import type { Container, Pod } from '../core/kube/types.ts';
import { type ChannelEnd, openChannel } from './channel.ts';
import type { KubeClient } from './client.ts';
import { failureOf } from './failure.ts';
import { nameSegment, namespaceSegment } from './names.ts';

export interface EphemeralContainer extends Container {
  targetContainerName?: string;
  stdin?: boolean;
  tty?: boolean;
}

interface WriteOptions {
  signal: AbortSignal;
  /** The server checks and answers as if, and stores nothing. */
  dryRun?: boolean;
}

const dryRunQuery = (dryRun: boolean | undefined): { dryRun?: string } => (dryRun ? { dryRun: 'All' } : {});

/** The body of the patch: what the user is shown. The API appends to the list by name. */
export const ephemeralPatch = (container: EphemeralContainer): object => ({
  spec: { ephemeralContainers: [container] },
});

export async function addEphemeralContainer(
  client: KubeClient,
  namespace: string,
  pod: string,
  container: EphemeralContainer,
  { signal, dryRun }: WriteOptions,
): Promise<void> {
  await client.json<Pod>({
    method: 'PATCH',
    path: `/api/v1/namespaces/${namespaceSegment(namespace)}/pods/${nameSegment(pod)}/ephemeralcontainers`,
    query: { fieldManager: 'pod-triage', ...dryRunQuery(dryRun) },
    contentType: 'application/strategic-merge-patch+json',
    body: ephemeralPatch(container),
    purpose: { verb: 'patch', resource: 'pods/ephemeralcontainers', namespace },
    signal,
  });
}

export async function createDebugPod(
  client: KubeClient,
  pod: KubeObject,
  { signal, dryRun }: WriteOptions,
): Promise<void> {
  const namespace = pod.metadata.namespace ?? 'default';
  await client.json<Pod>({
    method: 'POST',
    path: `/api/v1/namespaces/${namespaceSegment(namespace)}/pods`,
    query: { fieldManager: 'pod-triage', ...dryRunQuery(dryRun) },
    body: pod,
    purpose: { verb: 'create', resource: 'pods', namespace },
    signal,
  });
}

/** Deletes a debug pod at once. One that is gone already is as good. */
export async function deleteDebugPod(
  client: KubeClient,
  namespace: string,
  name: string,
  signal: AbortSignal,
): Promise<void> {
  try {
    await client.json<KubeObject>({
      method: 'DELETE',
      path: `/api/v1/namespaces/${namespaceSegment(namespace)}/pods/${nameSegment(name)}`,
      body: { apiVersion: 'v1', kind: 'DeleteOptions', gracePeriodSeconds: 0 },
      purpose: { verb: 'delete', resource: 'pods', namespace },
      signal,
    });
  } catch (error) {
    if (failureOf(error).code !== 'not-found') throw error;
  }
}

/** The most that a command may print. */
const MAX_OUTPUT = 1_000_000;

/**
 * Runs a command in a container of ours and resolves with what it printed, standard output and errors together.
 * `command` is a list of words that no shell joins. Closing on `signal` does not end the command: see
 * `endEphemeralShell`. Throws failures like any call.
 */
export async function runInContainer(
  client: KubeClient,
  { namespace, pod, container }: { namespace: string; pod: string; container: string },
  command: readonly string[],
  onOutput: (sofar: string) => void,
  signal: AbortSignal,
): Promise<{ output: string; isComplete: boolean; message: string }> {
  const pieces: Buffer[] = [];
  let size = 0;
  let finish: (end: ChannelEnd) => void = () => {};
  const ended = new Promise<ChannelEnd>((resolve) => {
    finish = resolve;
  });
  const channel = await openChannel(
    client,
    {
      path: `/api/v1/namespaces/${namespaceSegment(namespace)}/pods/${nameSegment(pod)}/exec`,
      query: { container, command: [...command], stdout: 'true', stderr: 'true' },
      purpose: { verb: 'create', resource: 'pods/exec', namespace },
    },
    {
      onOutput: (bytes) => {
        size += bytes.length;
        if (size > MAX_OUTPUT) return channel.close();
        pieces.push(bytes);
        onOutput(Buffer.concat(pieces).toString('utf8'));
      },
      onEnd: finish,
    },
    signal,
  );
  const onAbort = (): void => channel.close();
  signal.addEventListener('abort', onAbort, { once: true });
  const { status } = await ended.finally(() => signal.removeEventListener('abort', onAbort));
  signal.throwIfAborted();
  return {
    output: Buffer.concat(pieces).toString('utf8'),
    isComplete: status !== undefined,
    message: status?.message ?? '',
  };
}

/** Variable that every process of a terminal inherits. Processes of the pod's own containers do not have it. */
export const SESSION_VARIABLE = 'POD_TRIAGE_SESSION';

/** Kills every process that carries the session's variable, but the one that runs this; `$0` is the session. */
const END_SCRIPT = `for p in /proc/[0-9]*; do
  n="\${p#/proc/}"
  [ "$n" = "$$" ] && continue
  grep -qs "${SESSION_VARIABLE}=$0" "$p/environ" && kill -9 "$n"
done; true`;

/**
 * Ends the shell of an ephemeral container, which cannot be removed. Resolves to false when it may not or cannot run
 * a command there; the shell then ends by its own time limit.
 */
export async function endEphemeralShell(
  client: KubeClient,
  namespace: string,
  pod: string,
  container: string,
  signal: AbortSignal,
): Promise<boolean> {
  return new Promise((resolve) => {
    openChannel(
      client,
      {
        path: `/api/v1/namespaces/${namespaceSegment(namespace)}/pods/${nameSegment(pod)}/exec`,
        query: {
          container,
          command: ['/bin/sh', '-c', END_SCRIPT, container],
          stdout: 'true',
          stderr: 'true',
        },
        purpose: { verb: 'create', resource: 'pods/exec', namespace },
      },
      // The connection may break because the container ends: that is what was wanted.
      { onOutput: () => {}, onEnd: () => resolve(true) },
      signal,
    ).catch(() => resolve(false));
  });
}
