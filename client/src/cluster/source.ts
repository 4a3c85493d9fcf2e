/** The cluster or snapshot that is looked at, as text. */
import { delimiter } from 'node:path';
import * as vscode from 'vscode';
import type { Aim } from '../../../server/src/core/diagnosis/aim.ts';
import type { Source } from '../../../server/src/protocol.ts';
import { matchesAny } from './production.ts';

/** `prod-eu`, or the folder of a snapshot. */
export function sourceName(source: Source): string {
  if (source.kind === 'context') return source.context;
  const parts = source.folder.split(/[\\/]/).filter(Boolean);
  // A folder that is just called “snapshot” says nothing; the one around it does.
  const name = parts.at(-1) === 'snapshot' ? parts.at(-2) : parts.at(-1);
  return vscode.l10n.t('snapshot {0}', name ?? source.folder);
}

/** `prod-eu / pay`: shown wherever something can be read or changed. */
export const sourceLabel = (source: Source): string => `${sourceName(source)} / ${source.namespace}`;

/** A key that is equal for equal sources. */
export const sourceKey = (source: Source): string =>
  JSON.stringify(
    source.kind === 'context'
      ? [source.kind, source.context, source.namespace, source.kubeconfig ?? '']
      : [source.kind, source.folder, source.namespace],
  );

/** True when the setting names the context as production. A snapshot never is. */
export function isProduction(source: Source): boolean {
  if (source.kind !== 'context') return false;
  const patterns = vscode.workspace.getConfiguration('podTriage').get<string[]>('productionContexts', []);
  return matchesAny(source.context, patterns);
}

/** Checks data that was stored or came in an argument. */
export function isSource(value: unknown): value is Source {
  if (typeof value !== 'object' || value === null) return false;
  const { kind, context, kubeconfig, folder, namespace } = value as Record<string, unknown>;
  if (typeof namespace !== 'string') return false;
  if (kind === 'snapshot') return typeof folder === 'string';
  const named = kubeconfig === undefined || typeof kubeconfig === 'string';
  return kind === 'context' && named && typeof context === 'string';
}

/** What commands have to name to reach the source's cluster. A list of kubeconfig files has no flag of its own. */
export const aimOf = (source: Source): Aim =>
  source.kind === 'context'
    ? {
        context: source.context,
        ...(source.kubeconfig?.slice(2).includes(delimiter) ? {} : { kubeconfig: source.kubeconfig }),
      }
    : {};
