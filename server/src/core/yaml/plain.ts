/**
 * What the API server's YAML reader makes of a plain scalar: YAML 1.1 as Go's reader has it.
 * Facts: resolve.go of go.yaml.in/yaml/v2 v2.4.2, which sigs.k8s.io/yaml v1.6.0 reads with; checked against it
 * (test/core/yaml-plain.test.ts). Dates stay strings there, numbers to the base of 60 are none.
 */
import type { Scalar } from './node.ts';

const WORDS = new Map<string, Scalar>();
for (const word of ['', '~', 'null', 'Null', 'NULL']) WORDS.set(word, null);
for (const word of ['y', 'Y', 'yes', 'Yes', 'YES', 'on', 'On', 'ON', 'true', 'True', 'TRUE'])
  WORDS.set(word, true);
for (const word of ['n', 'N', 'no', 'No', 'NO', 'off', 'Off', 'OFF', 'false', 'False', 'FALSE'])
  WORDS.set(word, false);
// JSON has no such numbers: the API server refuses the document.
for (const word of ['.inf', '.Inf', '.INF', '+.inf', '+.Inf', '+.INF'])
  WORDS.set(word, Number.POSITIVE_INFINITY);
for (const word of ['-.inf', '-.Inf', '-.INF']) WORDS.set(word, Number.NEGATIVE_INFINITY);
for (const word of ['.nan', '.NaN', '.NAN']) WORDS.set(word, Number.NaN);

/** The value of a plain scalar; text that is nothing else is a string. */
export function resolvePlain(text: string): Scalar {
  const first = text.charCodeAt(0);
  const isNumeric = (first >= 48 && first <= 57) || first === 43 || first === 45 || first === 46;
  // No word is longer than `false`. The common case, a string, leaves here.
  if (text.length > 5 && !isNumeric) return text;
  const word = WORDS.get(text);
  if (word !== undefined) return word;
  return (isNumeric ? resolveNumber(text) : undefined) ?? text;
}

/** What a plain scalar is called as a key: JSON keys are strings, so `on:` becomes `true` and `010:` becomes `8`. */
export function plainKey(text: string): string {
  const value = resolvePlain(text);
  if (typeof value === 'boolean') return String(value);
  return Number.isSafeInteger(value) && /^[-+\w]+$/.test(text) ? String(value) : text;
}

const FLOAT = /^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$/;
/** Behind a leading dot underscores count only between digits. */
const DOT_FLOAT = /^\.[0-9]+(_[0-9]+)*([eE][-+]?[0-9]+(_[0-9]+)*)?$/;
const INTEGER = /^[-+]?(?:0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO]?[0-7]+|0|[1-9][0-9]*)$/;

function resolveNumber(text: string): number | undefined {
  const plain = text.includes('_') ? text.replaceAll('_', '') : text;
  if (text.startsWith('.')) return DOT_FLOAT.test(text) ? finite(Number(plain)) : undefined;
  if (INTEGER.test(plain)) {
    const integer = resolveInteger(plain);
    if (integer !== undefined) return integer;
  }
  if (FLOAT.test(plain)) return finite(Number(plain));
  // An accident of that reader: a sign behind the prefix of a binary number.
  const binary = /^0b([-+][01]+)$/.exec(plain);
  return binary?.[1] ? Number.parseInt(binary[1], 2) : undefined;
}

/** Numbers too large are strings. */
const finite = (value: number): number | undefined => (Number.isFinite(value) ? value : undefined);

const BASES: Record<string, number> = { x: 16, b: 2, o: 8 };

function resolveInteger(plain: string): number | undefined {
  const isNegative = plain.startsWith('-');
  const digits = plain.replace(/^[-+]/, '');
  const base = BASES[digits.charAt(1).toLowerCase()];
  const isOctal = base === undefined && digits.length > 1 && digits.startsWith('0');
  const value = base
    ? Number.parseInt(digits.slice(2), base)
    : isOctal
      ? Number.parseInt(digits, 8)
      : Number(digits);
  // 64 bits, signed when there is a sign. Doubles next to the limit round up to it and are let through.
  if (value > (isNegative ? 2 ** 63 : 2 ** 64)) return undefined;
  if (value === 2 ** 64 && !fits64(digits)) return undefined;
  return isNegative && value !== 0 ? -value : value;
}

function fits64(digits: string): boolean {
  const text = /^0[0-7]/.test(digits) ? `0o${digits}` : digits.toLowerCase();
  return BigInt(text) < 2n ** 64n;
}
