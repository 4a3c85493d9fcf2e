/** The extension's entry: starts the server without waiting for it, and registers everything. */
import * as vscode from 'vscode';
import { CaseLibrary } from './cases/library.ts';
import { CasePanels } from './cases/panel.ts';
import { CASE_SCHEME, caseSource } from './cases/source.ts';
import { CaseTree } from './cases/tree.ts';
import { LIVE_SCHEME, LiveDocuments } from './cluster/liveDocuments.ts';
import { ClusterView } from './cluster/view.ts';
import { caseCommands } from './commands/cases.ts';
import { clusterCommands } from './commands/cluster.ts';
import { diagnosisCommands } from './commands/diagnosis.ts';
import { registerHandlers } from './commands/handlers.ts';
import { logCommands } from './commands/logs.ts';
import { continueDemo, openDemo } from './demo.ts';
import { FindingBoard } from './findings/board.ts';
import { createFindingsView } from './findings/view.ts';
import { registerCodeLens } from './lint/codeLens.ts';
import { watchManifestContext } from './lint/fileContext.ts';
import { createLintStatus } from './lint/status.ts';
import { Targets } from './picker/target.ts';
import { answerPluginConsent } from './pluginConsent.ts';
import { showWaitingPlugins } from './pluginWaiting.ts';
import { REPORT_TYPE } from './report/panel.ts';
import { Reports } from './report/reports.ts';
import { Server } from './server/connection.ts';
import { createClient, displayLanguage } from './server/start.ts';
import { createStatusBar } from './statusBar.ts';
import { PLAN_SCHEME, planDocuments } from './terminal/confirm.ts';
import { NetshootTerminals } from './terminal/open.ts';
import { Troubleshooter } from './troubleshoot/troubleshoot.ts';
import { uriHandler } from './uriHandler.ts';

const WALKTHROUGH = 'pod-triage.pod-triage#start';

/** No socket, no kubeconfig, no process but the server: the cluster is contacted when its view is opened. */
export function activate(context: vscode.ExtensionContext): void {
  const { extensionUri, workspaceState, globalState } = context;
  const log = vscode.window.createOutputChannel('Pod Triage', { log: true });
  const client = createClient(context, log);
  // The client reports its own failure to start, with a button; nothing here depends on it being up.
  client.start().catch((cause: unknown) => log.error(String(cause)));

  void continueDemo(context);

  const server = new Server(client, log);
  const board = new FindingBoard();
  const library = new CaseLibrary(extensionUri, displayLanguage());
  const cases = new CasePanels(extensionUri, library, server, board);
  const view = new ClusterView(server, workspaceState);
  const documents = new LiveDocuments(server);
  const reports = new Reports(extensionUri, server, board);
  const targets = new Targets(server, view, workspaceState);
  const terminals = new NetshootTerminals(server, targets, globalState);
  const troubleshooter = new Troubleshooter(targets, reports, workspaceState);

  context.subscriptions.push(
    log,
    { dispose: () => void client.stop() },
    board,
    cases,
    view,
    documents,
    reports,
    vscode.window.registerTreeDataProvider('podTriage.cases', new CaseTree(library)),
    createFindingsView(board),
    server,
    createStatusBar(view.model),
    createLintStatus(client),
    registerCodeLens(),
    watchManifestContext(),
    answerPluginConsent(server, globalState),
    showWaitingPlugins(server),
    vscode.workspace.registerTextDocumentContentProvider(CASE_SCHEME, caseSource(library)),
    vscode.workspace.registerTextDocumentContentProvider(LIVE_SCHEME, documents),
    vscode.workspace.registerTextDocumentContentProvider(PLAN_SCHEME, planDocuments),
    vscode.window.registerWebviewPanelSerializer(REPORT_TYPE, reports),
    vscode.window.registerWebviewPanelSerializer('podTriage.case', cases),
    vscode.window.registerTerminalProfileProvider('podTriage.netshoot', terminals),
    vscode.window.registerUriHandler(uriHandler({ cases, reports })),
    vscode.workspace.onDidGrantWorkspaceTrust(() => server.notify('podTriage/trustGranted', {})),
    registerHandlers({
      ...clusterCommands(server, view, targets, documents),
      ...logCommands(server, targets, documents),
      ...caseCommands(server, library, cases, board),
      ...diagnosisCommands({ view, targets, reports, cases, terminals, troubleshooter }),
      openDemo: () => openDemo(context, server, view),
      restartServer: () => client.restart(),
      showOutput: () => log.show(true),
      openWalkthrough: () =>
        vscode.commands.executeCommand('workbench.action.openWalkthrough', WALKTHROUGH, false),
    }),
  );
}
