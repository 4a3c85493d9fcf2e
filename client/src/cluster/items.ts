/** A row of the Cluster view as VS Code draws it. Ids are stable, so that a refresh keeps what is open and chosen. */
import * as vscode from 'vscode';
import { fillTemplate } from '../../../server/src/core/finding.ts';
import type { ObjectRef } from '../../../server/src/core/kube/ref.ts';
import { formatRef } from '../../../server/src/core/kube/ref.ts';
import type { Health, PodRow, WorkloadRow } from '../../../server/src/protocol.ts';
import { actionFor, failureText } from '../failure.ts';
import { healthIcon, healthWord } from './health.ts';
import { type NodeRow, PAGE } from './model.ts';
import type { ClusterRow } from './nodes.ts';

const { Collapsed, None } = vscode.TreeItemCollapsibleState;

/** `key` names the source, so that equal names of two clusters are two rows. */
export function itemOf(row: ClusterRow, key: string): vscode.TreeItem {
  switch (row.kind) {
    case 'workload':
      return workloadItem(row.row, key);
    case 'pod':
      return podItem(row.row, key);
    case 'node':
      return nodeItem(row.row, key);
    case 'quiet':
      return groupItem(
        fillTemplate(vscode.l10n.t('{count} more healthy {count:workload|workloads}'), {
          count: row.rows.length,
        }),
        healthIcon('healthy'),
        `${key}/quiet`,
      );
    case 'nodes':
      return groupItem(vscode.l10n.t('Nodes'), new vscode.ThemeIcon('server'), `${key}/nodes`);
    case 'more':
      return moreItem(row.workload, row.rest, key);
    case 'failure': {
      const item = new vscode.TreeItem(row.failure.message, None);
      item.iconPath = new vscode.ThemeIcon('error', new vscode.ThemeColor('problemsErrorIcon.foreground'));
      if (row.failure.detail) item.tooltip = row.failure.detail;
      item.accessibilityInformation = { label: failureText(row.failure) };
      return item;
    }
    case 'action': {
      const action = actionFor(row.failure);
      const item = new vscode.TreeItem(action.title, None);
      item.iconPath = new vscode.ThemeIcon('arrow-right');
      item.command = { command: 'podTriage.runAction', title: action.title, arguments: [action.run] };
      return item;
    }
  }
}

function workloadItem(row: WorkloadRow, key: string): vscode.TreeItem {
  const { ref, health, ready, summary } = row;
  const item = objectItem(ref, health, row.uid, key);
  const bare = ref.kind === 'Pod';
  item.collapsibleState = bare || row.pods === 0 ? None : Collapsed;
  // What is wrong comes before what it is: a narrow side bar cuts the end.
  item.description = [ready && vscode.l10n.t('{0} ready', ready), summary, ref.kind]
    .filter(Boolean)
    .join(' · ');
  item.contextValue = bare
    ? ';object;pod;diagnosable;terminal;'
    : `;object;workload;diagnosable;${ref.kind.toLowerCase()};`;
  item.accessibilityInformation = { label: spoken(ref, health, [ready, summary]) };
  return item;
}

function podItem(row: PodRow, key: string): vscode.TreeItem {
  const { ref, health, status, summary } = row;
  const item = objectItem(ref, health, row.uid, key);
  item.description = [status, summary].filter(Boolean).join(' · ');
  const tokens = ['object', 'pod', 'diagnosable'];
  if (health !== 'finished') tokens.push('terminal');
  if (row.restarts > 0) tokens.push('restarted');
  tokens.push(status.toLowerCase());
  item.contextValue = `;${tokens.join(';')};`;
  item.accessibilityInformation = { label: spoken(ref, health, [status, summary]) };
  return item;
}

function nodeItem(row: NodeRow, key: string): vscode.TreeItem {
  const item = objectItem(row.ref, row.health, row.ref.name, key);
  item.description = row.status;
  item.contextValue = ';object;node;diagnosable;terminal;';
  item.accessibilityInformation = { label: spoken(row.ref, row.health, [row.status]) };
  return item;
}

function objectItem(ref: ObjectRef, health: Health, uid: string, key: string): vscode.TreeItem {
  const item = new vscode.TreeItem(ref.name, None);
  item.id = `${key}/${ref.kind}/${uid || ref.name}`;
  item.iconPath = healthIcon(health);
  return item;
}

function groupItem(label: string, icon: vscode.ThemeIcon, id: string): vscode.TreeItem {
  const item = new vscode.TreeItem(label, Collapsed);
  item.id = id;
  item.iconPath = icon;
  return item;
}

function moreItem(workload: WorkloadRow, rest: number, key: string): vscode.TreeItem {
  const item = new vscode.TreeItem(vscode.l10n.t('Show {0} more', Math.min(rest, PAGE)), None);
  item.id = `${key}/${workload.uid}/more`;
  item.iconPath = new vscode.ThemeIcon('ellipsis');
  item.command = { command: 'podTriage.showMore', title: String(item.label), arguments: [workload] };
  return item;
}

const spoken = (ref: ObjectRef, health: Health, rest: string[]): string =>
  [`${ref.kind} ${ref.name}`, healthWord(health), ...rest].filter(Boolean).join(', ');

/** Name, state and the last three events. Text from the cluster is never read as Markdown. */
export function tooltipOf(ref: ObjectRef, health: Health, events: readonly string[]): vscode.MarkdownString {
  const tooltip = new vscode.MarkdownString();
  tooltip.appendMarkdown('**').appendText(formatRef(ref)).appendMarkdown('** ');
  tooltip.appendText(healthWord(health));
  if (events.length === 0) return tooltip;
  tooltip.appendMarkdown(`\n\n${vscode.l10n.t('Last events')}\n`);
  tooltip.appendCodeblock(events.slice(0, 3).join('\n'), 'text');
  return tooltip;
}
