/** The language server as the rest of the client sees it: typed requests and notifications. */
import * as vscode from 'vscode';
import { CodeActionKind, CodeActionRequest, type LanguageClient, State } from 'vscode-languageclient/node';
import type {
  ClientNotifications,
  Failure,
  ManifestLocation,
  Requests,
  Result,
  ServerNotifications,
} from '../../../server/src/protocol.ts';

type Fallible = {
  [M in keyof Requests]: Requests[M]['result'] extends Result<unknown> ? M : never;
}[keyof Requests];

/** A quick fix of lint, ready to be applied. */
export interface ManifestFix {
  title: string;
  edit: vscode.WorkspaceEdit;
}

export class Server implements vscode.Disposable {
  readonly #client: LanguageClient;
  readonly #log: vscode.LogOutputChannel;
  readonly #subscription: vscode.Disposable;

  constructor(client: LanguageClient, log: vscode.LogOutputChannel) {
    this.#client = client;
    this.#log = log;
    this.#subscription = this.on('podTriage/namespaceChanged', ({ failure }) => {
      if (failure) this.#note('podTriage/watch', failure);
    });
  }

  dispose(): void {
    this.#subscription.dispose();
  }

  /** Asks, and turns a server that is gone into a failure the user can read. Throws only on cancellation. */
  async ask<M extends Fallible>(
    method: M,
    params: Requests[M]['params'],
    token?: vscode.CancellationToken,
  ): Promise<Requests[M]['result']> {
    try {
      const answer = await this.request(method, params, token);
      if (!answer.ok) this.#note(method, answer.failure);
      return answer;
    } catch (cause) {
      if (cause instanceof vscode.CancellationError || token?.isCancellationRequested)
        throw new vscode.CancellationError();
      const failure = lostServer(cause);
      this.#note(method, failure);
      return { ok: false, failure };
    }
  }

  /** “Show Output” is the next step of many failures: there is what is known about each of them. */
  #note(method: string, { code, message, detail, permission }: Failure): void {
    const missing = permission && `needs ${permission.verb} ${permission.resource}`;
    this.#log.warn([`${method}: ${code}`, message, detail, missing].filter(Boolean).join(' | '));
  }

  async request<M extends keyof Requests>(
    method: M,
    params: Requests[M]['params'],
    token?: vscode.CancellationToken,
  ): Promise<Requests[M]['result']> {
    // An undefined token would be sent as a second, empty parameter.
    return token
      ? this.#client.sendRequest<Requests[M]['result']>(method, params, token)
      : this.#client.sendRequest<Requests[M]['result']>(method, params);
  }

  /** What lint would write at a place of a manifest. Empty when nothing is wrong there by its rules. */
  async fixesAt({ uri, range }: ManifestLocation): Promise<ManifestFix[]> {
    const actions = await this.#client.sendRequest(CodeActionRequest.type, {
      textDocument: { uri },
      range,
      context: { diagnostics: [], only: [CodeActionKind.QuickFix] },
    });
    const fixes: ManifestFix[] = [];
    for (const action of actions ?? []) {
      // Fixes say whether they are preferred; suppressions and links to cases do not.
      if (!('edit' in action) || !action.edit || action.isPreferred === undefined) continue;
      const edit = await this.#client.protocol2CodeConverter.asWorkspaceEdit(action.edit);
      if (edit) fixes.push({ title: action.title, edit });
    }
    return fixes;
  }

  notify<N extends keyof ClientNotifications>(method: N, params: ClientNotifications[N]): void {
    // A server that is gone has nothing to be told; the client's own error handler reports it.
    this.#client.sendNotification(method, params).catch(() => undefined);
  }

  /** The server's process has ended; what it held open is gone. */
  onStop(handler: () => void): vscode.Disposable {
    return this.#client.onDidChangeState(({ newState }) => {
      if (newState === State.Stopped) handler();
    });
  }

  on<N extends keyof ServerNotifications>(
    method: N,
    handler: (params: ServerNotifications[N]) => void,
  ): vscode.Disposable {
    return this.#client.onNotification(method, handler);
  }
}

const lostServer = (cause: unknown): Failure => ({
  code: 'internal',
  message: vscode.l10n.t('The language server did not answer; it is being restarted.'),
  detail: cause instanceof Error ? cause.message : String(cause),
});
