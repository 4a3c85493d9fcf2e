/** Words that many modes say the same way. */
import type { Resource } from '../../kube/store.ts';

/** `Deployment web`. */
export const nameOf = ({ ref }: Resource): string => `${ref.kind} ${ref.name}`;

/** `a, b, c and 4 more`-style list without words that need a language: `a, b, c, … (7)`. */
export function listOf(items: readonly string[], most = 5): string {
  if (items.length <= most) return items.join(', ');
  return `${items.slice(0, most).join(', ')}, … (${items.length})`;
}
