/** Where the cluster commands look: a context of the kubeconfig, or a snapshot folder. */
import { resolve } from 'node:path';
import type { KubeClient } from '../cluster/client.ts';
import { type ClusterConnections, openConnections } from '../cluster/connections.ts';
import type { PluginRequest } from '../cluster/execPlugin.ts';
import { ClusterError } from '../cluster/failure.ts';
import { resourceNamed } from '../cluster/resources.ts';
import type { Aim } from '../core/diagnosis/aim.ts';
import type { Subject } from '../core/diagnosis/observed.ts';
import { isClusterScoped } from '../core/kube/object.ts';
import { oneLine } from '../core/printable.ts';
import { t } from '../l10n.ts';
import { readSnapshot, type Snapshot } from '../snapshot/read.ts';
import { type CliIO, UsageError } from './io.ts';

export const SOURCE_OPTIONS = {
  namespace: { type: 'string', short: 'n' },
  context: { type: 'string' },
  kubeconfig: { type: 'string' },
  from: { type: 'string' },
} as const;

export interface SourceFlags {
  namespace?: string | undefined;
  context?: string | undefined;
  kubeconfig?: string | undefined;
  from?: string | undefined;
}

export type OpenSource =
  | {
      kind: 'cluster';
      client: KubeClient;
      /** The one that was named, else the context's. */
      namespace: string;
      where: string;
      /** What commands have to name to reach the same cluster. */
      aim: Aim;
      connections: ClusterConnections;
    }
  | { kind: 'snapshot'; snapshot: Snapshot; namespace: string | undefined; where: string };

/** Opens what the flags name. Throws `UsageError` for flags that exclude each other, `ClusterError` for the rest. */
export async function openSource(flags: SourceFlags, io: CliIO): Promise<OpenSource> {
  if (flags.from !== undefined) {
    if (flags.context !== undefined || flags.kubeconfig !== undefined)
      throw new UsageError(t('--from reads a snapshot; it goes without --context and --kubeconfig.'));
    const snapshot = await readSnapshot(resolve(io.cwd, flags.from));
    for (const problem of snapshot.problems) io.err(`pod-triage: ${problem}`);
    return { kind: 'snapshot', snapshot, namespace: flags.namespace, where: flags.from };
  }
  const connections = openConnections({
    plugins: {
      // Whoever types the command asks for the context, and for its plugin: kubectl would run it too.
      consent: () => Promise.resolve(true),
      onWaiting: sayWaiting(io),
    },
    ...(flags.kubeconfig === undefined ? {} : { kubeconfig: resolve(io.cwd, flags.kubeconfig) }),
  });
  const client = await connections.client(flags.context);
  const namespace = flags.namespace ?? client.connection.namespace;
  const { context } = client.connection;
  const aim = { context, kubeconfig: flags.kubeconfig };
  return { kind: 'cluster', client, namespace, where: context, aim, connections };
}

/** A plugin that does not answer is told once, what it says each time that it says more. */
function sayWaiting(io: CliIO): (plugin: PluginRequest, words: string) => void {
  let said: string | undefined;
  return ({ command }, words) => {
    if (said === undefined)
      io.err(
        `pod-triage: ${t('Credential plugin {command} has not answered yet; it may wait for a sign-in.', { command })}`,
      );
    if (words !== '' && words !== said) io.err(`  ${oneLine(words)}`);
    said = words;
  };
}

/** `pod/web-1`, `deploy/web`: kinds as kubectl takes them. */
export function subjectOf(word: string, namespace: string | undefined): Subject {
  const [kindWord = '', name = '', ...rest] = word.split('/');
  const resource = resourceNamed(kindWord);
  if (!resource || name === '' || rest.length > 0)
    throw new UsageError(t('{word} names no object; write KIND/NAME, for example pod/web-1.', { word }));
  if (isClusterScoped(resource.kind)) return { kind: resource.kind, name };
  return { kind: resource.kind, name, namespace: namespace ?? 'default' };
}

/** Signals after which what was made in a cluster is still taken away. */
const ENDING = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Runs a command and turns what a user can mend into one line and exit code 2. */
export async function reporting(io: CliIO, run: (signal: AbortSignal) => Promise<number>): Promise<number> {
  const stop = new AbortController();
  const onInterrupt = (): void => stop.abort(new DOMException('interrupted', 'AbortError'));
  for (const name of ENDING) process.once(name, onInterrupt);
  try {
    return await run(stop.signal);
  } catch (error) {
    if (stop.signal.aborted) return 130;
    const line = lineOf(error);
    if (line === undefined) throw error;
    io.err(`pod-triage: ${line}`);
    return 2;
  } finally {
    for (const name of ENDING) process.off(name, onInterrupt);
  }
}

function lineOf(error: unknown): string | undefined {
  if (error instanceof ClusterError) {
    const { message, detail } = error.failure;
    return detail ? `${message} (${detail.replace(/\s+/g, ' ').trim()})` : message;
  }
  if (error instanceof UsageError) return error.message;
  // node:util's parseArgs
  const { code, message } = error as { code?: string; message?: string };
  return code?.startsWith('ERR_PARSE_ARGS') ? message : undefined;
}
