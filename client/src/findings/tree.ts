/** The Findings view: by severity, then by rule, then each place. */
import * as vscode from 'vscode';
import { bySeverity, type Severity } from '../../../server/src/core/finding.ts';
import { formatRef } from '../../../server/src/core/kube/ref.ts';
import type { DeclaredFinding, FindingBoard, LiveFinding } from './board.ts';

export type FindingRow =
  | { kind: 'severity'; severity: Severity; entries: Entry[] }
  | { kind: 'rule'; severity: Severity; id: string; entries: Entry[] }
  | { kind: 'finding'; entry: Entry };

export interface Entry {
  severity: Severity;
  id: string;
  caseId: string | undefined;
  message: string;
  origin: { kind: 'declared'; finding: DeclaredFinding } | { kind: 'live'; finding: LiveFinding };
}

interface Look {
  icon: string;
  color: string;
  title(count: number): string;
}

const LOOKS: Record<Severity, Look> = {
  error: {
    icon: 'error',
    color: 'problemsErrorIcon.foreground',
    title: (n) => vscode.l10n.t('Errors: {0}', n),
  },
  warning: {
    icon: 'warning',
    color: 'problemsWarningIcon.foreground',
    title: (n) => vscode.l10n.t('Warnings: {0}', n),
  },
  info: { icon: 'info', color: 'charts.blue', title: (n) => vscode.l10n.t('Information: {0}', n) },
  hint: { icon: 'lightbulb', color: 'descriptionForeground', title: (n) => vscode.l10n.t('Hints: {0}', n) },
};

const SEVERITIES = Object.keys(LOOKS) as Severity[];

const SEVERITY: Record<vscode.DiagnosticSeverity, Severity> = {
  [vscode.DiagnosticSeverity.Error]: 'error',
  [vscode.DiagnosticSeverity.Warning]: 'warning',
  [vscode.DiagnosticSeverity.Information]: 'info',
  [vscode.DiagnosticSeverity.Hint]: 'hint',
};

export class FindingTree implements vscode.TreeDataProvider<FindingRow>, vscode.Disposable {
  readonly #board: FindingBoard;
  readonly #changed = new vscode.EventEmitter<undefined>();
  readonly onDidChangeTreeData = this.#changed.event;
  readonly #subscription: vscode.Disposable;

  constructor(board: FindingBoard) {
    this.#board = board;
    this.#subscription = board.onDidChange(() => this.#changed.fire(undefined));
  }

  getChildren(row?: FindingRow): FindingRow[] {
    if (!row) return this.#severities();
    if (row.kind === 'severity') return byRule(row.severity, row.entries);
    if (row.kind === 'rule') return row.entries.map((entry) => ({ kind: 'finding', entry }));
    return [];
  }

  getTreeItem(row: FindingRow): vscode.TreeItem {
    if (row.kind === 'severity') return severityItem(row.severity, row.entries.length);
    if (row.kind === 'rule') return ruleItem(row.id, row.entries);
    return findingItem(row.entry);
  }

  dispose(): void {
    this.#subscription.dispose();
    this.#changed.dispose();
  }

  #severities(): FindingRow[] {
    const entries = entriesOf(this.#board);
    return SEVERITIES.flatMap((severity): FindingRow[] => {
      const found = entries.filter((entry) => entry.severity === severity);
      return found.length > 0 ? [{ kind: 'severity', severity, entries: found }] : [];
    });
  }
}

/** Everything on the board as rows, worst first. */
export function entriesOf(board: FindingBoard): Entry[] {
  const declared = board.declared.map(
    (finding): Entry => ({
      severity: SEVERITY[finding.diagnostic.severity],
      id: finding.rule,
      caseId: finding.caseId,
      message: finding.diagnostic.message,
      origin: { kind: 'declared', finding },
    }),
  );
  const live = board.live.map(
    (each): Entry => ({
      severity: each.finding.severity,
      id: each.finding.id,
      caseId: each.finding.case,
      message: each.finding.message,
      origin: { kind: 'live', finding: each },
    }),
  );
  return [...live, ...declared].sort(bySeverity);
}

function byRule(severity: Severity, entries: Entry[]): FindingRow[] {
  const groups = Map.groupBy(entries, ({ id }) => id);
  return [...groups]
    .sort(([a, first], [b, second]) => second.length - first.length || (a < b ? -1 : 1))
    .map(([id, found]) => ({ kind: 'rule', severity, id, entries: found }));
}

export function severityIcon(severity: Severity): vscode.ThemeIcon {
  const { icon, color } = LOOKS[severity];
  return new vscode.ThemeIcon(icon, new vscode.ThemeColor(color));
}

function severityItem(severity: Severity, count: number): vscode.TreeItem {
  const item = new vscode.TreeItem(LOOKS[severity].title(count), vscode.TreeItemCollapsibleState.Expanded);
  item.id = severity;
  item.iconPath = severityIcon(severity);
  return item;
}

function ruleItem(id: string, entries: Entry[]): vscode.TreeItem {
  const item = new vscode.TreeItem(id || vscode.l10n.t('Other'), vscode.TreeItemCollapsibleState.Collapsed);
  item.id = `${entries[0]?.severity}/${id}`;
  item.description = String(entries.length);
  const declared = entries.some(({ origin }) => origin.kind === 'declared');
  item.contextValue = `;${entries[0]?.caseId ? 'case;' : ''}${declared ? 'rule;' : ''}`;
  item.iconPath = new vscode.ThemeIcon(declared ? 'checklist' : 'pulse');
  return item;
}

function findingItem(entry: Entry): vscode.TreeItem {
  const { origin, message, caseId } = entry;
  const item = new vscode.TreeItem(message, vscode.TreeItemCollapsibleState.None);
  item.description = whereOf(entry);
  item.tooltip = `${message}\n${item.description}`;
  item.contextValue = caseId ? ';case;' : ';';
  item.iconPath = new vscode.ThemeIcon(origin.kind === 'live' ? 'server-environment' : 'file-code');
  item.command = {
    command: 'podTriage.revealFinding',
    title: vscode.l10n.t('Go to Finding'),
    arguments: [entry],
  };
  item.accessibilityInformation = { label: `${message}, ${item.description}` };
  return item;
}

/** `deploy.yaml:31`, or the object of the cluster. */
export function whereOf({ origin }: Entry): string {
  if (origin.kind === 'live') return formatRef(origin.finding.finding.object);
  const { uri, diagnostic } = origin.finding;
  return `${vscode.workspace.asRelativePath(uri)}:${diagnostic.range.start.line + 1}`;
}

/** Goes to the place of a finding: the line in its manifest, or the report that found it. */
export async function revealFinding({ origin }: Entry): Promise<void> {
  if (origin.kind === 'live') {
    const { source, subject } = origin.finding;
    await vscode.commands.executeCommand('podTriage.diagnosePod', { source, subject });
    return;
  }
  const { uri, diagnostic } = origin.finding;
  await vscode.window.showTextDocument(uri, { selection: diagnostic.range });
}
