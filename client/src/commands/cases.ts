/** Commands of the case library and of rules. */
import * as vscode from 'vscode';
import type { CaseLibrary } from '../cases/library.ts';
import { isCaseId } from '../cases/library.ts';
import type { CasePanels } from '../cases/panel.ts';
import { pickCase } from '../cases/search.ts';
import { showFailure } from '../failure.ts';
import type { FindingBoard } from '../findings/board.ts';
import { pickFinding } from '../findings/pick.ts';
import { type Entry, type FindingRow, revealFinding } from '../findings/tree.ts';
import type { Server } from '../server/connection.ts';
import type { Handlers } from './handlers.ts';

const { t } = vscode.l10n;

export function caseCommands(
  server: Server,
  library: CaseLibrary,
  panels: CasePanels,
  board: FindingBoard,
): Handlers {
  async function search(query?: unknown): Promise<void> {
    const id = await pickCase(library, typeof query === 'string' ? query : '');
    if (id) await panels.open(id);
  }

  return {
    searchCases: search,
    openCase: async (argument) => {
      const id = caseIdOf(argument);
      return id ? panels.open(id) : search();
    },
    revealFinding: async (given) => {
      const entry = given === undefined ? await pickFinding(board) : (given as Entry);
      if (entry) await revealFinding(entry);
    },
    refreshFindings: checkWorkspace,
    configureRule: async (argument) => {
      const id = ruleIdOf(argument) ?? (await pickRule(server));
      if (id) await configureRule(id);
    },
    toggleLint,
  };
}

/** From a link (`"service-selector-mismatch"`), a row of the Cases view, or a row of Findings. */
function caseIdOf(argument: unknown): string | undefined {
  if (isCaseId(argument)) return argument;
  if (typeof argument !== 'object' || argument === null) return undefined;
  if ('id' in argument && 'body' in argument && isCaseId(argument.id)) return argument.id;
  if (!('kind' in argument)) return undefined;
  const row = argument as FindingRow;
  const entry = row.kind === 'finding' ? row.entry : row.entries?.[0];
  return entry?.caseId;
}

function ruleIdOf(argument: unknown): string | undefined {
  if (typeof argument === 'string') return argument;
  const row = argument as FindingRow | undefined;
  return row?.kind === 'rule' ? row.id : undefined;
}

/** Asks for one of all rules. Undefined: the user closed the list, or the server's failure was shown. */
async function pickRule(server: Server): Promise<string | undefined> {
  const answer = await server.ask('podTriage/rules', {});
  if (!answer.ok) {
    void showFailure(answer.failure);
    return undefined;
  }
  const choices = answer.value.map(({ id, caseId, enabled }) => ({
    label: id,
    description: enabled ? '' : t('Off'),
    detail: caseId,
  }));
  const title = t('Configure Rule');
  const chosen = await vscode.window.showQuickPick(choices, { title, matchOnDetail: true });
  return chosen?.label;
}

/** Findings of every manifest: the server then also reports files that are not open. */
async function checkWorkspace(): Promise<void> {
  const settings = vscode.workspace.getConfiguration('podTriage');
  const target = vscode.workspace.workspaceFolders
    ? vscode.ConfigurationTarget.Workspace
    : vscode.ConfigurationTarget.Global;
  await settings.update('lint.scope', 'workspace', target);
  await vscode.commands.executeCommand('podTriage.findings.focus');
}

async function toggleLint(): Promise<void> {
  const settings = vscode.workspace.getConfiguration('podTriage');
  const target = vscode.workspace.workspaceFolders
    ? vscode.ConfigurationTarget.Workspace
    : vscode.ConfigurationTarget.Global;
  await settings.update('lint.enabled', !settings.get('lint.enabled', true), target);
}

/** Severity of one rule, written into the settings of the workspace. */
async function configureRule(id: string): Promise<void> {
  if (!/^[a-z0-9-]+$/.test(id)) return;
  const settings = vscode.workspace.getConfiguration('podTriage');
  const rules = settings.get<Record<string, unknown>>('lint.rules', {});
  const current = rules[id];
  const choices = [
    { label: t('As the Profile Says'), value: undefined },
    { label: t('On'), value: 'on' },
    { label: t('Error'), value: 'error' },
    { label: t('Warning'), value: 'warning' },
    { label: t('Information'), value: 'info' },
    { label: t('Hint'), value: 'hint' },
    { label: t('Off'), value: 'off' },
  ].map((choice) => ({ ...choice, ...(choice.value === current ? { description: t('now') } : {}) }));
  const chosen = await vscode.window.showQuickPick(choices, { title: t('Rule {0}', id) });
  if (!chosen) return;
  const { [id]: _, ...rest } = rules;
  const target = vscode.workspace.workspaceFolders
    ? vscode.ConfigurationTarget.Workspace
    : vscode.ConfigurationTarget.Global;
  await settings.update('lint.rules', chosen.value ? { ...rest, [id]: chosen.value } : rest, target);
}
