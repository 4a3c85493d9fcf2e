/** All open terminals: plans them, opens them, brings them back after a lost connection, closes them. */
import type { Subject } from '../../core/diagnosis/observed.ts';
import type { Pod } from '../../core/kube/types.ts';
import { t } from '../../l10n.ts';
import type { Requests, Source, TerminalOptions, TerminalPlan } from '../../protocol.ts';
import type { KubeClient } from '../client.ts';
import { fail } from '../failure.ts';
import { nameSegment } from '../names.ts';
import { resourceOf } from '../resources.ts';
import type { NotifyClient } from '../rpc.ts';
import { addEphemeralContainer, createDebugPod, deleteDebugPod } from '../writes.ts';
import { CONTAINER_PREFIX, NODE_TERMINAL_LABELS } from './objects.ts';
import { type Planned, planTerminal, type Write } from './plan.ts';
import { Session } from './session.ts';
import { type Place, statusOf, waitForContainer } from './start.ts';

type OpenParams = Requests['podTriage/openTerminal']['params'];

export class Terminals {
  readonly #notify: NotifyClient;
  readonly #sessions = new Map<string, Session>();
  /** What was shown is what is written: the object of a plan waits here for its opening. */
  readonly #planned = new Map<string, Planned>();

  constructor(notify: NotifyClient) {
    this.#notify = notify;
  }

  async plan(
    client: KubeClient,
    source: Source,
    subject: Subject,
    options: TerminalOptions,
    signal: AbortSignal,
  ): Promise<TerminalPlan> {
    const planned = await planTerminal(client, source, subject, options, signal);
    this.#planned.set(planKey(source, subject, options), planned);
    return planned.plan;
  }

  /** Writes the planned object, waits for its container and attaches. What it made is cleaned up when it fails. */
  async open(
    client: KubeClient,
    params: OpenParams,
    signal: AbortSignal,
  ): Promise<{ container: string; pod: string }> {
    const { id, options } = params;
    const startedAt = performance.now();
    const progress = (step: string): void =>
      this.#notify('podTriage/terminalProgress', { id, step, ms: Math.round(performance.now() - startedAt) });
    const before = this.#sessions.get(id);
    const again = params.reconnect ? (before ?? (await this.#find(client, id, params, signal))) : undefined;
    const session = again ?? (await this.#make(client, params, progress, signal));
    this.#sessions.set(id, session);
    try {
      await waitForContainer(client, session.place, progress, signal);
      await session.attach(options, again !== undefined, signal);
      progress(t('Attached'));
    } catch (error) {
      if (!again) await this.close(id);
      throw error;
    }
    const { container, pod } = session.place;
    return { container, pod };
  }

  input(id: string, data: string): void {
    this.#sessions.get(id)?.write(Buffer.from(data, 'base64'));
  }

  resize(id: string, columns: number, rows: number): void {
    this.#sessions.get(id)?.resize(columns, rows);
  }

  async close(id: string): Promise<void> {
    const session = this.#sessions.get(id);
    this.#sessions.delete(id);
    await session?.close();
  }

  async closeAll(): Promise<void> {
    await Promise.all([...this.#sessions.keys()].map((id) => this.close(id)));
  }

  async #make(
    client: KubeClient,
    { id, source, subject, options }: OpenParams,
    progress: (step: string) => void,
    signal: AbortSignal,
  ): Promise<Session> {
    const key = planKey(source, subject, options);
    const { write } =
      this.#planned.get(key) ?? (await planTerminal(client, source, subject, options, signal));
    this.#planned.delete(key);
    if (write.kind === 'node') {
      await sweep(client, write.namespace, signal);
      await createDebugPod(client, write.object, { signal });
    } else await addEphemeralContainer(client, write.namespace, write.pod, write.container, { signal });
    progress(t('Added'));
    return this.#session(id, client, placeOf(write), write.kind === 'node');
  }

  /** After a restart of the worker: the newest of our containers that still runs in the pod. */
  async #find(
    client: KubeClient,
    id: string,
    { source, subject }: OpenParams,
    signal: AbortSignal,
  ): Promise<Session> {
    const resource = resourceOf('Pod');
    if (subject.kind === 'Pod' && resource) {
      const namespace = subject.namespace ?? source.namespace;
      const pod = (await client.get(resource, namespace, nameSegment(subject.name), signal)) as Pod;
      const running = (pod.spec?.ephemeralContainers ?? [])
        .map(({ name = '' }) => name)
        .filter((name) => name.startsWith(CONTAINER_PREFIX) && statusOf(pod, name)?.state?.running);
      const container = running.at(-1);
      if (container) return this.#session(id, client, { namespace, pod: subject.name, container }, false);
    }
    throw fail({ code: 'not-found', message: t('The shell has ended; open a new terminal.') });
  }

  #session(id: string, client: KubeClient, place: Place, isDebugPod: boolean): Session {
    return new Session(client, place, isDebugPod, {
      onOutput: (bytes) => this.#notify('podTriage/terminalOutput', { id, data: bytes.toString('base64') }),
      onExit: (end) => {
        if (end.exitCode !== undefined) this.#sessions.delete(id);
        this.#notify('podTriage/terminalExit', { id, ...end });
      },
    });
  }
}

/** Debug pods of ours that ended by their deadline because nobody was left to delete them. */
async function sweep(client: KubeClient, namespace: string, signal: AbortSignal): Promise<void> {
  const resource = resourceOf('Pod');
  if (!resource) return;
  const labelSelector = Object.entries(NODE_TERMINAL_LABELS)
    .map(([key, value]) => `${key}=${value}`)
    .join(',');
  try {
    const { items } = await client.list(resource, { namespace, labelSelector }, signal, 100);
    const over = (items as Pod[]).filter(({ status }) => /^(Failed|Succeeded)$/.test(status?.phase ?? ''));
    for (const { metadata } of over) await deleteDebugPod(client, namespace, metadata.name ?? '', signal);
  } catch {
    // Tidying up is no reason not to open the terminal; the opening itself says what is wrong.
  }
}

const placeOf = (write: Write): Place =>
  write.kind === 'node'
    ? { namespace: write.namespace, pod: write.object.metadata.name ?? '', container: 'netshoot' }
    : { namespace: write.namespace, pod: write.pod, container: write.container.name ?? '' };

/** The size of the window is no part of the plan. */
const planKey = (source: Source, subject: Subject, options: TerminalOptions): string =>
  JSON.stringify([source, subject, { ...options, columns: 0, rows: 0 }]);
