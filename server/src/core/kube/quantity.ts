/** Kubernetes quantities: `500m`, `1.5Gi`, `2e3`. */

const BINARY: Record<string, number> = { Ki: 10, Mi: 20, Gi: 30, Ti: 40, Pi: 50, Ei: 60 };
const DECIMAL: Record<string, number> = { n: -9, u: -6, m: -3, '': 0, k: 3, M: 6, G: 9, T: 12, P: 15, E: 18 };

const QUANTITY = /^([+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+))([A-Za-z]*)([eE][+-]?[0-9]+)?$/;

export interface QuantityParts {
  /** The number before the suffix, sign and point included. */
  number: string;
  /** `Mi`, `m`, `e3`, or nothing. */
  suffix: string;
}

/** Splits a quantity as it is written, without judging its suffix. Undefined when it does not start with a number. */
export function splitQuantity(text: string): QuantityParts | undefined {
  const match = /^([+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+))(.*)$/s.exec(text.trim());
  return match ? { number: match[1] ?? '', suffix: match[2] ?? '' } : undefined;
}

/**
 * The value in base units (bytes, cores), or undefined when it is no quantity. Suffixes are case-sensitive,
 * `E` alone is exa, `E3` an exponent; blanks around the text do not count.
 * https://pkg.go.dev/k8s.io/apimachinery/pkg/api/resource#Quantity
 */
export function parseQuantity(quantity: string | number | undefined): number | undefined {
  if (typeof quantity === 'number') return Number.isFinite(quantity) ? quantity : undefined;
  if (typeof quantity !== 'string') return undefined;
  const match = QUANTITY.exec(quantity.trim());
  if (!match) return undefined;
  const [, number = '', suffix = '', exponent] = match;
  if (exponent !== undefined) return suffix === '' ? Number(number + exponent) : undefined;
  const power = Object.hasOwn(DECIMAL, suffix) ? DECIMAL[suffix] : undefined;
  // Read with its exponent, so that 0.1m is the nearest number to a ten-thousandth and not a product of two.
  if (power !== undefined) return Number(`${number}e${power}`);
  const bits = Object.hasOwn(BINARY, suffix) ? BINARY[suffix] : undefined;
  return bits === undefined ? undefined : Number(number) * 2 ** bits;
}
