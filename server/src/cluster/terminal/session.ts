/** One open terminal: its container, its streams, and what is left to clean up. */
import { t } from '../../l10n.ts';
import type { Failure } from '../../protocol.ts';
import { type Channel, type ChannelEnd, openChannel } from '../channel.ts';
import type { KubeClient } from '../client.ts';
import { failureOf } from '../failure.ts';
import { nameSegment, namespaceSegment } from '../names.ts';
import { deleteDebugPod, endEphemeralShell } from '../writes.ts';
import { exitCodeOf, type Place } from './start.ts';

export interface SessionEvents {
  onOutput(bytes: Buffer): void;
  /** The shell ended (with its exit code) or the connection broke (with a failure). */
  onExit(end: { exitCode?: number; failure?: Failure }): void;
}

/** Output is handed on in pieces: one message for what arrives within a frame of the screen. */
const BATCH_MS = 12;
const MAX_BATCH = 64 * 1024;
/** Cleaning up must not hold an editor that closes. */
const CLEANUP_MS = 5000;

export class Session {
  readonly client: KubeClient;
  readonly place: Place;
  /** A pod of ours, to be deleted; otherwise an ephemeral container, whose shell is ended. */
  readonly isDebugPod: boolean;
  readonly #events: SessionEvents;
  #channel: Channel | undefined;
  #output: Buffer[] = [];
  #size = 0;
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;
  #isOver = false;

  constructor(client: KubeClient, place: Place, isDebugPod: boolean, events: SessionEvents) {
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
    this.#channel = await openChannel(
      this.client,
      {
        path: `/api/v1/namespaces/${namespaceSegment(namespace)}/pods/${nameSegment(pod)}/attach`,
        query: { container, stdin: 'true', stdout: 'true', tty: 'true' },
        purpose: { verb: 'create', resource: 'pods/attach', namespace },
      },
      { onOutput: (bytes) => this.#collect(bytes), onEnd: (end) => void this.#ended(end) },
      signal,
    );
    // One column less and back: a full-screen program draws itself again.
    if (isAgain) this.resize(Math.max(1, size.columns - 1), size.rows);
    this.resize(size.columns, size.rows);
    if (!isAgain) this.write(Buffer.from('\r'));
  }

  write(bytes: Buffer): void {
    this.#channel?.write(bytes);
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

  async #ended({ status }: ChannelEnd): Promise<void> {
    this.#flush();
    if (this.#isClosed) return;
    const end = await this.#endOf(status);
    if (this.#isClosed) return;
    this.#isOver = end.exitCode !== undefined;
    this.#events.onExit(end);
    // A shell that ended leaves nothing to come back to.
    if (this.#isOver) await this.close();
  }

  /** An attached terminal reports success whatever its shell returned: the code is in the container's status. */
  async #endOf(status: ChannelEnd['status']): Promise<{ exitCode?: number; failure?: Failure }> {
    if (status?.exitCode !== undefined) return { exitCode: status.exitCode };
    const lost = (detail?: string): { failure: Failure } => ({
      failure: {
        code: 'lost',
        message: t('The connection to the terminal was lost; its shell still runs, reconnect to go on.'),
        ...(detail ? { detail } : {}),
      },
    });
    try {
      const ended = await exitCodeOf(this.client, this.place, AbortSignal.timeout(10_000));
      if (ended) return { exitCode: ended.code };
    } catch (error) {
      const failure = failureOf(error);
      if (failure.code === 'not-found') return { failure };
      return lost(failure.detail ?? failure.message);
    }
    return lost(status?.isSuccess === false ? status.message : undefined);
  }
}
