/** How a state looks: shape, colour and word say the same. */
import * as vscode from 'vscode';
import type { Health } from '../../../server/src/protocol.ts';

interface Look {
  icon: string;
  color: string;
  /** For screen readers and tooltips. */
  word: string;
}

/** Colours that every theme has; those of lists are missing where contrast is high. */
const LOOKS: Record<Health, Look> = {
  failing: { icon: 'error', color: 'problemsErrorIcon.foreground', word: vscode.l10n.t('failing') },
  warning: { icon: 'warning', color: 'problemsWarningIcon.foreground', word: vscode.l10n.t('warning') },
  progressing: { icon: 'sync', color: 'charts.blue', word: vscode.l10n.t('progressing') },
  unknown: { icon: 'question', color: 'descriptionForeground', word: vscode.l10n.t('unknown') },
  healthy: { icon: 'pass', color: 'testing.iconPassed', word: vscode.l10n.t('healthy') },
  finished: { icon: 'check-all', color: 'descriptionForeground', word: vscode.l10n.t('finished') },
};

/** Unhealthy first; the order of the tree and of every picker. */
const RANK = Object.fromEntries(Object.keys(LOOKS).map((health, rank) => [health, rank])) as Record<
  Health,
  number
>;

export const healthIcon = (health: Health): vscode.ThemeIcon =>
  new vscode.ThemeIcon(LOOKS[health].icon, new vscode.ThemeColor(LOOKS[health].color));

export const healthWord = (health: Health): string => LOOKS[health].word;

export const isUnhealthy = (health: Health): boolean => health === 'failing' || health === 'warning';

/** Healthy and finished rows may be folded away. */
export const isQuiet = (health: Health): boolean => health === 'healthy' || health === 'finished';

export const byHealth = (
  a: { health: Health; ref: { name: string } },
  b: { health: Health; ref: { name: string } },
): number => RANK[a.health] - RANK[b.health] || (a.ref.name < b.ref.name ? -1 : 1);
