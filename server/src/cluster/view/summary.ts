/** One line on what is wrong with a pod. */
import { ageBetween } from '../../core/age.ts';
import { t, translate } from '../../l10n.ts';
import type { Health } from '../../protocol.ts';
import type { PodFacts } from './podFacts.ts';

/** The newest warning of the pod's events, in the cluster's words. */
export interface Warning {
  reason: string;
  message: string;
  at: string;
}

const MAX_LENGTH = 140;

/** `14 restarts, last exit 137 4 min ago`; the newest warning where nothing restarts; empty when all is well. */
export function podSummary(pod: PodFacts, health: Health, now: number, warning: Warning | undefined): string {
  if (health === 'healthy' || health === 'finished') return '';
  const at = new Date(now).toISOString();
  if (pod.restarts > 0 && pod.lastExit) return restartText(pod.restarts, pod.lastExit, at);
  if (pod.deletedAt) return t('being deleted for {age}', { age: ageBetween(pod.deletedAt, at, translate) });
  if (health === 'progressing') return '';
  const words = warning ? `${warning.reason}: ${warning.message}` : (pod.message ?? '');
  if (words !== '') return shortened(words);
  return pod.isReady ? '' : t('not ready for {age}', { age: ageBetween(pod.unreadySince, at, translate) });
}

function restartText(restarts: number, { code, at }: NonNullable<PodFacts['lastExit']>, now: string): string {
  const age = ageBetween(at, now, translate);
  if (age === '') return t('{count} {count:restart|restarts}, last exit {code}', { count: restarts, code });
  return restarts === 1
    ? t('1 restart, last exit {code} {age} ago', { code, age })
    : t('{count} {count:restart|restarts}, last exit {code} {age} ago', { count: restarts, code, age });
}

function shortened(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > MAX_LENGTH ? `${line.slice(0, MAX_LENGTH - 1)}…` : line;
}
