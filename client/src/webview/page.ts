/** The frame of every page we draw: nothing but our own two scripts and one style sheet may load. */
import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import { type Html, html } from './html.ts';

export interface PageOptions {
  /** Language of the text, for screen readers and hyphenation. */
  language: string;
  title: string;
  /** File name in media/pages, without its ending: style and script of the page. */
  name: 'report' | 'case';
  body: Html;
}

export const pagesFolder = (extensionUri: vscode.Uri): vscode.Uri =>
  vscode.Uri.joinPath(extensionUri, 'media', 'pages');

/** What a webview of ours may do. No command links, no local files but media/pages. */
export const pageRights = (extensionUri: vscode.Uri): vscode.WebviewOptions & vscode.WebviewPanelOptions => ({
  enableScripts: true,
  enableFindWidget: true,
  localResourceRoots: [pagesFolder(extensionUri)],
});

export function pageHtml(webview: vscode.Webview, extensionUri: vscode.Uri, options: PageOptions): string {
  const nonce = randomBytes(16).toString('base64');
  const file = (name: string): string =>
    webview.asWebviewUri(vscode.Uri.joinPath(pagesFolder(extensionUri), name)).toString();
  const policy = [
    "default-src 'none'",
    `style-src ${webview.cspSource}`,
    `img-src ${webview.cspSource}`,
    `script-src 'nonce-${nonce}'`,
  ].join('; ');
  return html`<!DOCTYPE html>
<html lang="${options.language}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="${file('page.css')}">
<title>${options.title}</title>
</head>
<body class="${options.name}">
${options.body}
<script nonce="${nonce}" src="${file('dom.js')}"></script>
<script nonce="${nonce}" src="${file(`${options.name}.js`)}"></script>
</body>
</html>`.text;
}
