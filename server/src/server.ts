/** Wires the language server: documents, settings, linting and one module a feature. */
import { join } from 'node:path';
import {
  CodeActionKind,
  type Connection,
  DidChangeConfigurationNotification,
  DidChangeWatchedFilesNotification,
  FileChangeType,
  type InitializeParams,
  type InitializeResult,
  TextDocumentSyncKind,
  TextDocuments,
} from 'vscode-languageserver';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { Changes } from './changes.ts';
import { Documents } from './documents.ts';
import { registerCases } from './features/cases.ts';
import { FIX_ALL, registerCodeActions } from './features/codeActions.ts';
import { registerDiagnostics } from './features/diagnostics.ts';
import { registerHover } from './features/hover.ts';
import { registerManifestOf } from './features/manifestOf.ts';
import { loadMessages } from './l10n.ts';
import { Linting } from './linting.ts';
import { isManifestName } from './manifestFolders.ts';
import type { InitOptions } from './protocol.ts';
import { readSchema } from './schemaFile.ts';
import { CONFIG_NAME, type EditorSettings, Settings } from './settings.ts';
import { findManifests } from './workspaceFiles.ts';

/** What features share. */
export interface Server {
  extensionPath: string;
  locale: string;
  trusted: boolean;
  /** True when our own client is on the other side: it knows our commands. */
  hasOwnClient: boolean;
  takesDocumentChanges: boolean;
  documents: Documents;
  settings: Settings;
  linting: Linting;
  /** Bumped by whatever may change a finding. */
  changes: Changes;
  /** Settled when the workspace's files have been read once. */
  ready: Promise<void>;
  textOf(uri: string): string | undefined;
  /** Version of an open document, null for a file on disk. */
  versionOf(uri: string): number | null;
}

/** Starts serving a connection. `root` is where media/ and dist/ are when the client does not say. */
export function serve(
  connection: Connection,
  root: string,
  extend: (server: Server) => void = () => {},
): void {
  const open = new TextDocuments(TextDocument);
  connection.onInitialize((params): InitializeResult => {
    const server = createServer(connection, open, params, root);
    registerDiagnostics(connection, server);
    registerCodeActions(connection, server);
    registerHover(connection, server);
    registerManifestOf(connection, server);
    registerCases(connection, server);
    extend(server);
    return {
      serverInfo: { name: 'pod-triage' },
      capabilities: {
        textDocumentSync: { openClose: true, change: TextDocumentSyncKind.Incremental },
        diagnosticProvider: {
          identifier: 'pod-triage',
          interFileDependencies: true,
          workspaceDiagnostics: true,
        },
        codeActionProvider: { codeActionKinds: [CodeActionKind.QuickFix, FIX_ALL] },
        hoverProvider: true,
        workspace: { workspaceFolders: { supported: true, changeNotifications: true } },
      },
    };
  });
  open.listen(connection);
  connection.listen();
}

function createServer(
  connection: Connection,
  open: TextDocuments<TextDocument>,
  params: InitializeParams,
  root: string,
): Server {
  const options = params.initializationOptions as Partial<InitOptions> | undefined;
  const { workspace } = params.capabilities;
  const extensionPath = options?.extensionPath ?? root;
  const locale = (options?.locale ?? params.locale ?? 'en').toLowerCase();
  loadMessages(join(extensionPath, 'dist', 'l10n'), locale);

  const documents = new Documents(readSchema(extensionPath));
  const settings = new Settings(async (scopeUri) =>
    workspace?.configuration
      ? ((await connection.workspace.getConfiguration({
          scopeUri,
          section: 'podTriage',
        })) as EditorSettings | null)
      : null,
  );
  const changes = new Changes();
  const linting = new Linting(documents, settings, (id, error) =>
    connection.console.error(
      `Rule ${id} failed and is left out: ${error instanceof Error ? error.stack : error}`,
    ),
  );
  const versions = new Map<string, number>();
  const server: Server = {
    extensionPath,
    locale,
    trusted: options?.trusted === true,
    hasOwnClient: options?.extensionPath !== undefined,
    takesDocumentChanges: workspace?.workspaceEdit?.documentChanges === true,
    documents,
    settings,
    linting,
    changes,
    ready: Promise.resolve(),
    textOf: (uri) => {
      const state = documents.get(uri);
      return state?.kind === 'parsed' ? state.file.text : undefined;
    },
    versionOf: (uri) => versions.get(uri) ?? null,
  };

  /** Findings elsewhere may have changed: editors that pull are told to, but never for every keystroke. */
  let timer: NodeJS.Timeout | undefined;
  const refresh = () => {
    changes.bump();
    clearTimeout(timer);
    timer = setTimeout(() => {
      if (workspace?.diagnostics?.refreshSupport) connection.languages.diagnostics.refresh();
    }, 100);
  };

  open.onDidChangeContent(({ document }) => {
    if (document.languageId === 'helm') return;
    versions.set(document.uri, document.version);
    documents.setOpen(document.uri, document.version, document.getText());
    changes.bump();
  });
  open.onDidClose(({ document }) => {
    versions.delete(document.uri);
    void documents.close(document.uri).then(() => changes.bump());
  });
  connection.onDidChangeConfiguration(() => {
    settings.changed();
    refresh();
  });
  connection.onDidChangeWatchedFiles(async ({ changes: files }) => {
    for (const { uri, type } of files) {
      if (uri.endsWith(`/${CONFIG_NAME}`)) settings.changed();
      if (documents.isOpen(uri)) continue;
      if (type === FileChangeType.Deleted) documents.forget(uri);
      else if (isManifestName(uri.slice(uri.lastIndexOf('/') + 1))) await documents.loadFromDisk(uri);
    }
    refresh();
  });

  const read = async (folders: readonly string[]) => {
    for (const uri of await findManifests(folders, () => false)) await documents.loadFromDisk(uri);
    changes.bump();
  };
  connection.onInitialized(() => {
    server.ready = read((params.workspaceFolders ?? []).map(({ uri }) => uri));
    if (workspace?.didChangeConfiguration?.dynamicRegistration)
      void connection.client.register(DidChangeConfigurationNotification.type, { section: 'podTriage' });
    if (workspace?.didChangeWatchedFiles?.dynamicRegistration)
      void connection.client.register(DidChangeWatchedFilesNotification.type, {
        watchers: [{ globPattern: '**/*.{yaml,yml,json}' }],
      });
    if (workspace?.workspaceFolders)
      connection.workspace.onDidChangeWorkspaceFolders(({ added, removed }) => {
        for (const { uri } of removed)
          for (const file of documents.uris())
            if (file.startsWith(`${uri}/`) && !documents.isOpen(file)) documents.forget(file);
        void read(added.map(({ uri }) => uri)).then(refresh);
      });
  });
  return server;
}
