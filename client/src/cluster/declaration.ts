/** From an object of the cluster to the line of the workspace that declares it, or what made it. */
import * as vscode from 'vscode';
import { formatRef, type ObjectRef } from '../../../server/src/core/kube/ref.ts';
import type { ManifestLocation } from '../../../server/src/protocol.ts';
import { inOneLine, showFailure } from '../failure.ts';
import type { Target } from '../picker/questions.ts';
import type { Server } from '../server/connection.ts';
import { textColumn } from '../webview/place.ts';

const { t } = vscode.l10n;

/** Opens the declaration of an object; of a pod that nobody wrote, that of its workload. Says when there is none. */
export async function openDeclaration(server: Server, { source, subject }: Target): Promise<void> {
  const answer = await server.ask('podTriage/lineage', { source, ref: subject });
  if (!answer.ok) return showFailure(answer.failure);
  const { chain, failure } = answer.value;
  for (const ref of chain) {
    const places = await server.request('podTriage/manifestOf', { ref });
    if (places.length > 0) return openOneOf(places, ref);
  }
  // What made it could not be read: then nobody knows whether that is declared.
  if (failure) return showFailure(failure);
  const [object = subject, ...makers] = chain;
  const text =
    makers.length === 0
      ? t('No manifest of this workspace declares {0}.', formatRef(object))
      : t(
          'No manifest of this workspace declares {0}, nor what made it: {1}.',
          formatRef(object),
          makers.map(formatRef).join(', '),
        );
  void vscode.window.showInformationMessage(inOneLine(text));
}

/** One name may be declared for several clusters: base and overlay, staging and production. */
async function openOneOf(places: readonly ManifestLocation[], ref: ObjectRef): Promise<void> {
  const choices = places.map((place) => ({ label: labelOf(place), place }));
  const chosen =
    choices.length === 1
      ? choices[0]
      : await vscode.window.showQuickPick(choices, {
          title: t('Open Declaring Manifest'),
          placeHolder: t('{0} is declared more than once', formatRef(ref)),
        });
  if (!chosen) return;
  const { uri, range } = chosen.place;
  const at = new vscode.Position(range.start.line, range.start.character);
  await vscode.window.showTextDocument(vscode.Uri.parse(uri), {
    selection: new vscode.Range(at, at),
    viewColumn: textColumn(),
  });
}

const labelOf = ({ uri, range }: ManifestLocation): string =>
  `${vscode.workspace.asRelativePath(vscode.Uri.parse(uri))}:${range.start.line + 1}`;
