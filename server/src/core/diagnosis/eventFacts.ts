/** What an event says, whichever of the two APIs wrote it. */
import type { Evidence } from '../finding.ts';
import type { Event } from '../kube/types.ts';

export const involved = (event: Event): Event['involvedObject'] => event.involvedObject ?? event.regarding;

export const messageOf = (event: Event): string => event.message ?? event.note ?? '';

/**
 * When it was last seen. Scheduler-style events have eventTime and series only.
 * https://github.com/kubernetes/kubernetes/blob/master/pkg/apis/core/validation/events.go
 */
export const timeOf = (event: Event): string | undefined =>
  event.series?.lastObservedTime ??
  event.lastTimestamp ??
  event.eventTime ??
  event.firstTimestamp ??
  event.metadata.creationTimestamp;

export const millisOf = (event: Event): number => Date.parse(timeOf(event) ?? '') || 0;

export const countOf = (event: Event): number => event.series?.count ?? event.count ?? 1;

export const newestFirst = (a: Event, b: Event): number => millisOf(b) - millisOf(a);

/** `Event Unhealthy ×212`, with the event's own words. */
export function eventEvidence(event: Event): Evidence {
  const count = countOf(event);
  const at = timeOf(event);
  return {
    source: `Event ${event.reason ?? ''}${count > 1 ? ` ×${count}` : ''}`.trimEnd(),
    text: messageOf(event),
    ...(at ? { at } : {}),
  };
}
