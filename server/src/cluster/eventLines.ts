/** Events as lines for a tooltip or a document: newest first, in the cluster's words. */
import { ageBetween } from '../core/age.ts';
import type { KubeObject } from '../core/kube/object.ts';
import type { Event } from '../core/kube/types.ts';
import { translate } from '../l10n.ts';

const MAX_LINES = 50;

const timeOf = ({ series, lastTimestamp, eventTime, metadata }: Event): string =>
  series?.lastObservedTime ?? lastTimestamp ?? eventTime ?? metadata.creationTimestamp ?? '';

/** `4 min  Unhealthy ×212  Readiness probe failed: …` */
export function eventLines(events: readonly KubeObject[], now: string): string[] {
  return (events as Event[])
    .map((event) => ({ event, time: timeOf(event) }))
    .sort((a, b) => (a.time < b.time ? 1 : -1))
    .slice(0, MAX_LINES)
    .map(({ event, time }) => {
      const count = event.series?.count ?? event.count ?? 1;
      const text = (event.message ?? event.note ?? '').replace(/\s+/g, ' ').trim();
      return [
        ageBetween(time, now, translate),
        `${event.reason ?? ''}${count > 1 ? ` ×${count}` : ''}`,
        text,
      ].join('  ');
    });
}
