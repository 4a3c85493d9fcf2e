/** Creates the language client. Starting it is not awaited anywhere in `activate`. */
import * as vscode from 'vscode';
import { LanguageClient, type LanguageClientOptions, TransportKind } from 'vscode-languageclient/node';
import type { InitOptions } from '../../../server/src/protocol.ts';
import { linkCases } from '../lint/caseLinks.ts';

/** Documents of these schemes are checked; live manifests and cases of our own schemes are not. */
const SCHEMES = ['file', 'untitled', 'vscode-vfs', 'github'];
/** `kubernetes` is what some extensions call YAML with objects. The server itself is silent on templates. */
const LANGUAGES = ['yaml', 'json', 'kubernetes'];
const DOCUMENTS = SCHEMES.flatMap((scheme) => LANGUAGES.map((language) => ({ scheme, language })));

export function createClient(context: vscode.ExtensionContext, log: vscode.LogOutputChannel): LanguageClient {
  const module = context.asAbsolutePath('dist/server.js');
  const initializationOptions: InitOptions = {
    extensionPath: context.extensionPath,
    locale: displayLanguage(),
    trusted: vscode.workspace.isTrusted,
  };
  const options: LanguageClientOptions = {
    documentSelector: DOCUMENTS,
    outputChannel: log,
    initializationOptions,
    diagnosticCollectionName: 'pod-triage',
    diagnosticPullOptions: { onChange: true, onSave: true },
    synchronize: { configurationSection: 'podTriage' },
    middleware: linkCases,
  };
  return new LanguageClient(
    'podTriage',
    'Pod Triage',
    {
      run: { module, transport: TransportKind.ipc },
      debug: { module, transport: TransportKind.ipc, options: { execArgv: ['--nolazy', '--inspect=6019'] } },
    },
    options,
  );
}

/** `zh-cn` or `en`: the two languages that cases and messages exist in. */
export const displayLanguage = (): 'en' | 'zh-cn' =>
  vscode.env.language.toLowerCase() === 'zh-cn' ? 'zh-cn' : 'en';
