/** All open terminals: plans them, opens them, brings them back after a lost connection, closes them. */
import type { Subject } from '../../core/diagnosis/observed.ts';
import type { Pod } from '../../core/kube/types.ts';
import { t } from '../../l10n.ts';
import type { Requests, Source, TerminalOptions, TerminalPlace, TerminalPlan } from '../../protocol.ts';
import type { KubeClient } from '../client.ts';
import { fail, failureOf } from '../failure.ts';
import { nameSegment } from '../names.ts';
import type { NotifyClient } from '../rpc.ts';
import { addEphemeralContainer, createDebugPod, deleteDebugPod } from '../writes.ts';
import { CONTAINER_PREFIX, NODE_CONTAINER } from './objects.ts';
import { type Planned, planTerminal, type Write } from './plan.ts';
import { debugPods } from './running.ts';
import { connectionLost, podGone, Session } from './session.ts';
import { podResource, statusOf, waitForContainer } from './start.ts';

type OpenParams = Requests['podTriage/openTerminal']['params'];

const WRITE_MS = 30_000;

export class Terminals {
  readonly #notify: NotifyClient;
  readonly #sessions = new Map<string, Session>();
  /** What was shown is what is written: the object of a plan waits here for its opening. */
  readonly #planned = new Map<string, Planned>();
  /** Places of all sessions that there were. */
  readonly #ours = new Set<string>();

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
    const { running, ...rest } = planned.plan;
    // One that was opened here has its own terminal, or is about to end.
    return running && !this.#ours.has(placeKey(running)) ? planned.plan : rest;
  }

  /** Writes the planned object, waits for its container and attaches. What it made is cleaned up when it fails. */
  async open(client: KubeClient, params: OpenParams, signal: AbortSignal): Promise<TerminalPlace> {
    const { id, options, reconnect } = params;
    const startedAt = performance.now();
    const progress = (step: string): void =>
      this.#notify('podTriage/terminalProgress', { id, step, ms: Math.round(performance.now() - startedAt) });
    if (reconnect) {
      await this.#checkRuns(client, reconnect, signal);
      const session =
        this.#sessions.get(id) ?? this.#session(id, client, reconnect, params.subject.kind === 'Node');
      this.#sessions.set(id, session);
      await session.attach(options, true, signal);
      return session.place;
    }
    const session = await this.#make(client, params, progress, signal);
    this.#sessions.set(id, session);
    try {
      await waitForContainer(client, session.place, progress, signal);
      await session.attach(options, false, signal);
      progress(t('Attached'));
    } catch (error) {
      await this.close(id);
      throw error;
    }
    return session.place;
  }

  /** What is typed where no connection is any more is answered, so that it is not lost without a word. */
  input(id: string, data: string): void {
    const bytes = Buffer.from(data, 'base64');
    if (this.#sessions.get(id)?.write(bytes)) return;
    this.#notify('podTriage/terminalExit', { id, failure: connectionLost(undefined, bytes.length) });
  }

  read(id: string, bytes: number): void {
    this.#sessions.get(id)?.read(bytes);
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
    // A cancel does not break off the write: what it may have made has to be known, to be cleaned up.
    const whole = AbortSignal.timeout(WRITE_MS);
    if (write.kind === 'node') {
      await sweep(client, write.namespace, signal);
      await createDebugPod(client, write.object, { signal: whole });
    } else
      await addEphemeralContainer(client, write.namespace, write.pod, write.container, { signal: whole });
    progress(t('Added'));
    return this.#session(id, client, placeOf(write), write.kind === 'node');
  }

  /** Only a shell that runs can be gone back to, and only one of ours. */
  async #checkRuns(client: KubeClient, place: TerminalPlace, signal: AbortSignal): Promise<void> {
    const { namespace, pod: name, container } = place;
    const ours = container === NODE_CONTAINER ? name : container;
    if (!ours.startsWith(CONTAINER_PREFIX))
      throw fail({ code: 'invalid', message: t('{container} is no terminal of Pod Triage.', { container }) });
    const pod = await client
      .get(podResource, namespace, nameSegment(name), signal)
      .catch((error: unknown) => {
        const { code, detail } = failureOf(error);
        throw code === 'not-found' ? fail(podGone(name, detail)) : error;
      });
    if (statusOf(pod as Pod, container)?.state?.running) return;
    throw fail({ code: 'not-found', message: t('The shell has ended; open a new terminal.') });
  }

  #session(id: string, client: KubeClient, place: TerminalPlace, isDebugPod: boolean): Session {
    this.#ours.add(placeKey(place));
    return new Session(client, place, isDebugPod, {
      onOutput: (bytes) => this.#notify('podTriage/terminalOutput', { id, data: bytes.toString('base64') }),
      onExit: (end) => {
        if ('exitCode' in end) this.#sessions.delete(id);
        this.#notify('podTriage/terminalExit', { id, ...end });
      },
    });
  }
}

/** Debug pods of ours that ended by their deadline because nobody was left to delete them. */
async function sweep(client: KubeClient, namespace: string, signal: AbortSignal): Promise<void> {
  try {
    const pods = await debugPods(client, namespace, signal);
    const over = pods.filter(({ status }) => /^(Failed|Succeeded)$/.test(status?.phase ?? ''));
    for (const { metadata } of over) await deleteDebugPod(client, namespace, metadata.name ?? '', signal);
  } catch {
    // Tidying up is no reason not to open the terminal; the opening itself says what is wrong.
  }
}

const placeOf = (write: Write): TerminalPlace =>
  write.kind === 'node'
    ? { namespace: write.namespace, pod: write.object.metadata.name ?? '', container: NODE_CONTAINER }
    : { namespace: write.namespace, pod: write.pod, container: write.container.name ?? '' };

/** The size of the window is no part of the plan. */
const planKey = (source: Source, subject: Subject, options: TerminalOptions): string =>
  JSON.stringify([source, subject, { ...options, columns: 0, rows: 0 }]);

const placeKey = ({ namespace, pod, container }: TerminalPlace): string => `${namespace}/${pod}/${container}`;
