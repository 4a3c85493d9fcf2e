/** What is wrong right now that a case explains: findings of the workspace and of the last diagnoses. */
import * as vscode from 'vscode';
import type { Finding } from '../../../server/src/core/finding.ts';
import { formatRef } from '../../../server/src/core/kube/ref.ts';
import type { FindingBoard } from '../findings/board.ts';
import { textColumn } from '../webview/place.ts';

export interface RelatedFinding {
  message: string;
  /** `deploy.yaml:31` or `Pod/pay/ledger-0`. */
  where: string;
  open(): Thenable<unknown>;
  /** The live finding, whose names fill the commands. */
  live?: { finding: Finding; subject: { kind: string; namespace?: string; name: string } };
}

export function relatedTo(caseId: string, board: FindingBoard): RelatedFinding[] {
  const declared = board.declared
    .filter((each) => each.caseId === caseId)
    .map(
      ({ uri, diagnostic }): RelatedFinding => ({
        message: diagnostic.message,
        where: `${vscode.workspace.asRelativePath(uri)}:${diagnostic.range.start.line + 1}`,
        open: () =>
          vscode.window.showTextDocument(uri, { selection: diagnostic.range, viewColumn: textColumn() }),
      }),
    );
  const live = board.live
    .filter(({ finding }) => finding.case === caseId)
    .map(
      ({ finding, subject, source }): RelatedFinding => ({
        message: finding.message,
        where: formatRef(finding.object),
        open: () => vscode.commands.executeCommand('podTriage.diagnosePod', { source, subject }),
        live: { finding, subject },
      }),
    );
  return [...live, ...declared];
}
