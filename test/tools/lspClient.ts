/** A language client over streams in memory: the real server, the real protocol, no process. */
import { PassThrough } from 'node:stream';
import {
  type CodeAction,
  createConnection,
  createProtocolConnection,
  type Diagnostic,
  type DocumentDiagnosticReport,
  type InitializeResult,
  type ProtocolConnection,
  type Range,
  StreamMessageReader,
  StreamMessageWriter,
} from 'vscode-languageserver/node';
import type { InitOptions } from '../../server/src/protocol.ts';
import { serve } from '../../server/src/server.ts';
import { ROOT } from './paths.ts';

export interface ClientOptions {
  folders?: string[];
  /** Answers of workspace/configuration for the section podTriage. */
  settings?: unknown;
  /** Undefined takes away what our own client sends. */
  options?: { [K in keyof InitOptions]?: InitOptions[K] | undefined };
  capabilities?: Record<string, unknown>;
}

export interface LspClient {
  connection: ProtocolConnection;
  initialized: InitializeResult;
  settings: { value: unknown };
  open(uri: string, text: string, languageId?: string): Promise<void>;
  change(uri: string, version: number, range: Range, text: string): Promise<void>;
  diagnostics(uri: string): Promise<Diagnostic[]>;
  codeActions(uri: string, range: Range, only?: string[]): Promise<CodeAction[]>;
  refreshes: number;
  stop(): void;
}

/** Starts server and client and says hello. */
export async function startClient({
  folders = [],
  settings = {},
  options,
  capabilities,
}: ClientOptions = {}): Promise<LspClient> {
  const [toServer, toClient] = [new PassThrough(), new PassThrough()];
  serve(createConnection(new StreamMessageReader(toServer), new StreamMessageWriter(toClient)), ROOT);
  const connection = createProtocolConnection(
    new StreamMessageReader(toClient),
    new StreamMessageWriter(toServer),
  );
  const held = { value: settings };
  connection.onRequest('workspace/configuration', ({ items }: { items: unknown[] }) =>
    items.map(() => held.value),
  );
  connection.onRequest('client/registerCapability', () => null);
  const client = { refreshes: 0 };
  connection.onRequest('workspace/diagnostic/refresh', () => {
    client.refreshes++;
    return null;
  });
  connection.listen();
  const initialized = (await connection.sendRequest('initialize', {
    processId: null,
    rootUri: null,
    workspaceFolders: folders.map((uri) => ({ uri, name: uri })),
    initializationOptions: { extensionPath: ROOT, locale: 'en', trusted: true, ...options },
    capabilities: {
      workspace: {
        configuration: true,
        workspaceFolders: true,
        workspaceEdit: { documentChanges: true },
        diagnostics: { refreshSupport: true },
        didChangeConfiguration: { dynamicRegistration: true },
      },
      ...capabilities,
    },
  })) as InitializeResult;
  await connection.sendNotification('initialized', {});
  return Object.assign(client, {
    connection,
    initialized,
    settings: held,
    open: (uri: string, text: string, languageId = 'yaml') =>
      connection.sendNotification('textDocument/didOpen', {
        textDocument: { uri, languageId, version: 1, text },
      }),
    change: (uri: string, version: number, range: Range, text: string) =>
      connection.sendNotification('textDocument/didChange', {
        textDocument: { uri, version },
        contentChanges: [{ range, text }],
      }),
    diagnostics: async (uri: string) => {
      const report = (await connection.sendRequest('textDocument/diagnostic', {
        textDocument: { uri },
      })) as DocumentDiagnosticReport;
      return report.kind === 'full' ? report.items : [];
    },
    codeActions: async (uri: string, range: Range, only?: string[]) =>
      (await connection.sendRequest('textDocument/codeAction', {
        textDocument: { uri },
        range,
        context: { diagnostics: [], ...(only ? { only } : {}) },
      })) as CodeAction[],
    stop: () => connection.dispose(),
  });
}
