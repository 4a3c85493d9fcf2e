/** One open terminal: its container, its streams, and what is left to clean up. */
import { t } from '../../l10n.ts';
import type { Failure, TerminalPlace } from '../../protocol.ts';
import { type Channel, type ChannelEnd, openChannel } from '../channel.ts';
import type { KubeClient } from '../client.ts';
import { failureOf } from '../failure.ts';
import { nameSegment, namespaceSegment } from '../names.ts';
import { deleteDebugPod, endEphemeralShell } from '../writes.ts';
import { exitOf } from './start.ts';

/** How a terminal ended: the shell itself (with its exit code), or only the connection to it (with a failure). */
export type TerminalEnd = { exitCode: number; reason?: string } | { failure: Failure };

export interface SessionEvents {
  onOutput(bytes: Buffer): void;
  onExit(end: TerminalEnd): void;
}

/** Output is handed on in pieces: one message for what arrives within a frame of the screen. */
const BATCH_MS = 12;
const MAX_BATCH = 64 * 1024;
/**
 * Output that the editor has not drawn yet. Beyond this the program in the pod waits for it: memory stays bounded, and
 * an interrupt stops what is seen and not what was queued.
 */
const MAX_UNREAD = 512 * 1024;
/** Cleaning up must not hold an editor that closes. */
const CLEANUP_MS = 5000;
/** How long the kubelet may take to report the end of a container: after an orderly end, and after a broken connection. */
const ORDERLY_MS = 20_000;
const BROKEN_MS = 3000;

export class Session {
  readonly client: KubeClient;
  readonly place: TerminalPlace;
  /** A pod of ours, to be deleted; otherwise an ephemeral container, whose shell is ended. */
  readonly isDebugPod: boolean;
  readonly #events: SessionEvents;
  #channel: Channel | undefined;
  #output: Buffer[] = [];
  #size = 0;
  #unread = 0;
  /** Bytes that were typed while nobody was there to take them. */
  #missed = 0;
  #isEnding = false;
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;
  #isOver = false;

  constructor(client: KubeClient, place: TerminalPlace, isDebugPod: boolean, events: SessionEvents) {
    this.client = client;
    this.place = place;
    this.isDebugPod = isDebugPod;
    this.#events = events;
  }

  /** Opens the streams. The prompt was written before anybody listened: an empty line brings a new one. */
  async attach(
    size: { columns: number; rows: number },
    isAgain: boolean,
    signal: AbortSignal,
  ): Promise<void> {
    const { namespace, pod, container } = this.place;
    this.#channel?.close();
    this.#channel = undefined;
    this.#unread = 0;
    this.#missed = 0;
    const channel = await openChannel(
      this.client,
      {
        path: `/api/v1/namespaces/${namespaceSegment(namespace)}/pods/${nameSegment(pod)}/attach`,
        query: { container, stdin: 'true', stdout: 'true', tty: 'true' },
        purpose: { verb: 'create', resource: 'pods/attach', namespace },
      },
      { onOutput: (bytes) => this.#collect(bytes), onEnd: (end) => void this.#ended(end, channel) },
      signal,
    );
    this.#channel = channel;
    // One column less and back: a full-screen program draws itself again.
    if (isAgain) this.resize(Math.max(1, size.columns - 1), size.rows);
    this.resize(size.columns, size.rows);
    if (!isAgain) this.write(Buffer.from('\r'));
  }

  /** False when there is no connection and nothing more will be said about that. */
  write(bytes: Buffer): boolean {
    if (this.#channel) this.#channel.write(bytes);
    else this.#missed += bytes.length;
    return this.#channel !== undefined || this.#isEnding;
  }

  /** The editor has drawn this much of the output. */
  read(bytes: number): void {
    this.#unread -= bytes;
    if (this.#unread <= MAX_UNREAD / 2) this.#channel?.resume();
  }

  resize(columns: number, rows: number): void {
    if (columns > 0 && rows > 0) this.#channel?.resize(columns, rows);
  }

  /** Ends the shell and removes what can be removed. Never rejects; what cannot be ended ends by its time limit. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    const signal = AbortSignal.timeout(CLEANUP_MS);
    try {
      if (this.isDebugPod) await this.#deletePod(signal);
      else if (!this.#isOver) await this.#endShell(signal);
    } catch {
      // The time limit of the shell, or the pod's deadline, does the rest.
    }
    this.#channel?.close();
  }

  async #endShell(signal: AbortSignal): Promise<void> {
    const { namespace, pod, container } = this.place;
    if (await endEphemeralShell(this.client, namespace, pod, container, signal)) return;
    // No right to exec: what a person would type. An interrupt first, so that it reaches the shell.
    this.write(Buffer.from('\u0003'));
    this.write(Buffer.from('exit\r'));
  }

  #deletePod(signal: AbortSignal): Promise<void> {
    return deleteDebugPod(this.client, this.place.namespace, this.place.pod, signal);
  }

  #collect(bytes: Buffer): void {
    this.#output.push(bytes);
    this.#size += bytes.length;
    this.#unread += bytes.length;
    if (this.#unread > MAX_UNREAD) this.#channel?.pause();
    if (this.#size >= MAX_BATCH) this.#flush();
    else this.#timer ??= setTimeout(() => this.#flush(), BATCH_MS);
  }

  #flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#size === 0) return;
    const bytes = Buffer.concat(this.#output);
    this.#output = [];
    this.#size = 0;
    this.#events.onOutput(bytes);
  }

  async #ended(ended: ChannelEnd, channel: Channel): Promise<void> {
    this.#flush();
    // Another connection has taken its place, or nobody looks any more.
    if (this.#isClosed || this.#channel !== channel) return;
    this.#channel = undefined;
    this.#isEnding = true;
    const end = await this.#endOf(ended);
    this.#isEnding = false;
    if (this.#isClosed || this.#channel) return;
    this.#isOver = 'exitCode' in end;
    this.#events.onExit(end);
    // A shell that ended leaves nothing to come back to.
    if (this.#isOver) await this.close();
  }

  /** An attached terminal reports success whatever its shell returned: the code is in the container's status. */
  async #endOf({ status, why, unconfirmed = 0 }: ChannelEnd): Promise<TerminalEnd> {
    if (status?.exitCode !== undefined) return { exitCode: status.exitCode };
    const lost = (detail: string | undefined): TerminalEnd => ({
      failure: connectionLost(detail, unconfirmed + this.#missed),
    });
    try {
      // An orderly end is that of the shell; the kubelet tells its code when it comes round to it.
      const patience = status?.isSuccess ? ORDERLY_MS : BROKEN_MS;
      const ended = await exitOf(this.client, this.place, patience, AbortSignal.timeout(patience + 5000));
      if (ended) return ended;
    } catch (error) {
      const failure = failureOf(error);
      if (failure.code === 'not-found') return { failure: podGone(this.place.pod, failure.detail) };
      return lost(why ?? failure.detail ?? failure.message);
    }
    return lost(why ?? (status?.isSuccess === false ? status.message : undefined));
  }
}

/** The connection is gone and the shell is not. `typed` bytes may not have reached it. */
export const connectionLost = (detail?: string, typed = 0): Failure => ({
  code: 'lost',
  message:
    typed === 0
      ? t('The connection to the terminal was lost; its shell still runs, reconnect to go on.')
      : t(
          'The connection to the terminal was lost; its shell still runs, reconnect to go on. The last {count} characters typed may not have arrived.',
          { count: typed },
        ),
  ...(detail ? { detail } : {}),
});

export const podGone = (pod: string, detail: string | undefined): Failure => ({
  code: 'not-found',
  message: t('Pod {pod} is gone, and the terminal in it with it.', { pod }),
  ...(detail ? { detail } : {}),
});
