/** Ages as people say them: `4 min`, `3 h`, `12 d`. */
import { fillTemplate, type Translate } from './finding.ts';

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const messages = { seconds: '{n} s', minutes: '{n} min', hours: '{n} h', days: '{n} d' } as const;

/** Time from `then` to `now` (RFC 3339, both by the cluster's clock). Empty when one of them is no time. */
export function ageBetween(then: string | undefined, now: string, translate: Translate): string {
  const seconds = Math.round((Date.parse(now) - Date.parse(then ?? '')) / 1000);
  if (Number.isNaN(seconds)) return '';
  const say = (id: keyof typeof messages, n: number): string =>
    fillTemplate(translate(messages[id]), { n: Math.floor(n) });
  // Clocks differ a little; an event of the future is one of now.
  if (seconds < 2 * MINUTE) return say('seconds', Math.max(0, seconds));
  if (seconds < 2 * HOUR) return say('minutes', seconds / MINUTE);
  if (seconds < 2 * DAY) return say('hours', seconds / HOUR);
  return say('days', seconds / DAY);
}
