/** The arithmetic of a quota refusal. */
import { parseQuantity } from '../../../kube/quantity.ts';

const pairs = (text = ''): Map<string, string> =>
  new Map(
    text
      .split(',')
      .map((pair) => pair.trim().split('='))
      .flatMap(([name = '', value]) => (value === undefined ? [] : [[name, value] as const])),
  );

/** `requests.cpu 500m + 1800m used > 2`: for every resource that is over, what was asked, what is used, what is allowed. */
export function quotaSums({ requested, used, limited }: Record<string, string | undefined>): string {
  const before = pairs(used);
  const hard = pairs(limited);
  const sums = [...pairs(requested)].flatMap(([name, asks]) => {
    const has = before.get(name) ?? '0';
    const most = hard.get(name);
    if (most === undefined) return [];
    const total = (parseQuantity(asks) ?? 0) + (parseQuantity(has) ?? 0);
    return total > (parseQuantity(most) ?? Number.POSITIVE_INFINITY)
      ? [`${name} ${asks} + ${has} > ${most}`]
      : [];
  });
  return sums.length > 0 ? sums.join(', ') : `${requested}; ${used}; ${limited}`;
}
