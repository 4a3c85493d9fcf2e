/** Values as YAML and JSON text. */
import type { Indentation } from './layout.ts';
import { resolvePlain } from './plain.ts';

/** Quotes of a string: `plain` writes none where none are needed. */
export type Quotes = 'plain' | 'single' | 'double';

/** What YAML 1.2 readers or strict YAML 1.1 readers take for something else than a string, beyond `resolvePlain`. */
const OTHER_READERS =
  /^(?:[yYnN]|<<|=|[-+]?0o?[0-7_]+|[-+]?\d[\d_]*(?::[0-5]?\d)+(?:\.\d*)?|\d{4}-\d\d?-\d\d?(?:[Tt ].*)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/;
const INDICATOR = /^[,[\]{}#&*!|>'"%@`:]|^[-?](?:\s|$)|^(?:---|\.\.\.)/;
const UNPRINTABLE = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]/;

/** True when the text stands for itself without quotes; inside flow collections more characters end a scalar. */
function isSafePlain(text: string, inFlow: boolean): boolean {
  if (text === '' || text.trim() !== text || /[\n\t]/.test(text) || UNPRINTABLE.test(text)) return false;
  if (INDICATOR.test(text) || /:(?:\s|$)|\s#/.test(text)) return false;
  if (inFlow && /[,[\]{}?]|:$/.test(text)) return false;
  return resolvePlain(text) === text && !OTHER_READERS.test(text);
}

/** JSON escapes are YAML escapes; characters that YAML 1.1 readers break lines at or refuse are escaped as well. */
const doubleQuoted = (text: string): string =>
  JSON.stringify(text).replace(
    /[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

/** A string on one line, quoted when it has to be or when the text it replaces was. */
export function writeString(text: string, quotes: Quotes = 'plain', inFlow = false): string {
  if (quotes === 'plain' && isSafePlain(text, inFlow)) return text;
  const canSingle = !/[\n\t]/.test(text) && !UNPRINTABLE.test(text);
  const wantsSingle =
    quotes === 'single' || (quotes === 'plain' && /["\\]/.test(text) && !text.includes("'"));
  return canSingle && wantsSingle ? `'${text.replaceAll("'", "''")}'` : doubleQuoted(text);
}

/** A scalar on one line; undefined when it is none. */
export function writeScalar(value: unknown, quotes: Quotes = 'plain', inFlow = false): string | undefined {
  if (value === null || value === undefined) return 'null';
  if (typeof value === 'string') return writeString(value, quotes, inFlow);
  if (typeof value === 'boolean') return String(value);
  if (typeof value === 'number' && Number.isFinite(value)) return String(value);
  return isEmptyCollection(value) ? (Array.isArray(value) ? '[]' : '{}') : undefined;
}

const isEmptyCollection = (value: unknown): boolean =>
  Array.isArray(value) ? value.length === 0 : typeof value === 'object' && entriesOf(value).length === 0;

const entriesOf = (value: unknown): [string, unknown][] =>
  Object.entries((value ?? {}) as Record<string, unknown>).filter(([, inner]) => inner !== undefined);

/** A literal block keeps the lines of a text readable; what it cannot hold is quoted. */
function literal(text: string, indent: number): string[] | undefined {
  if (!text.includes('\n') || /^[ \n]/.test(text) || /[ \t](?:\n|$)/.test(text)) return undefined;
  const body = text.replace(/\n+$/, '');
  if (UNPRINTABLE.test(body)) return undefined;
  const breaks = text.length - body.length;
  const header = breaks === 0 ? '|-' : breaks === 1 ? '|' : '|+';
  const lines = body.split('\n').map((line) => (line === '' ? '' : ' '.repeat(indent) + line));
  return [header, ...lines, ...Array<string>(Math.max(0, breaks - 1)).fill('')];
}

/**
 * A value as block text. The first line is written without indentation, to stand after `key: ` or `- `;
 * `column` is where the value's own keys or dashes stand.
 */
export function writeBlock(value: unknown, column: number, style: Indentation): string[] {
  const scalar = writeScalar(value);
  if (scalar !== undefined) return [scalar];
  if (Array.isArray(value))
    return value.flatMap((item, index) => {
      const [first = '', ...rest] = writeBlock(item, column + 2, style);
      return [`${index === 0 ? '' : ' '.repeat(column)}- ${first}`, ...rest];
    });
  return entriesOf(value).flatMap(([key, inner], index) => {
    const [first = '', ...rest] = writeEntry(key, inner, column, style);
    return [index === 0 ? first : ' '.repeat(column) + first, ...rest];
  });
}

/** `key: value` with the key at `column`; the first line is written without indentation. */
export function writeEntry(key: string, value: unknown, column: number, style: Indentation): string[] {
  const name = writeString(key);
  const text = style.literals && typeof value === 'string' ? literal(value, column + style.step) : undefined;
  if (text) return [`${name}: ${text[0]}`, ...text.slice(1)];
  const scalar = writeScalar(value);
  if (scalar !== undefined) return [`${name}: ${scalar}`];
  const inner = column + (Array.isArray(value) ? style.dash : style.step);
  const [first = '', ...rest] = writeBlock(value, inner, style);
  return [`${name}:`, ' '.repeat(inner) + first, ...rest];
}

/** How a flow collection is written: JSON quotes everything; `lines` puts one entry a line, indented by `step`. */
export interface FlowStyle {
  json: boolean;
  /** `{"a":1}` instead of `{"a": 1}`. */
  tight: boolean;
  step: number;
  /** What indents: JSON files like tabs. */
  unit: ' ' | '\t';
  lines: boolean;
  eol: string;
  /** What stands inside braces and brackets of one line: `{ a: 1 }` or `{a: 1}`. */
  pad: Record<'map' | 'seq', '' | ' '>;
}

/** A value as flow text; `column` is the indentation of the line it begins in. */
export function writeFlow(value: unknown, column: number, style: FlowStyle): string {
  const scalar = writeScalar(value, style.json ? 'double' : 'plain', true);
  if (scalar !== undefined) return scalar;
  const parts = Array.isArray(value)
    ? value.map((item) => writeFlow(item, column + style.step, style))
    : entriesOf(value).map(([key, inner]) => writeFlowEntry(key, inner, column + style.step, style));
  const [open, close] = Array.isArray(value) ? ['[', ']'] : ['{', '}'];
  if (!style.lines) {
    const pad = style.pad[Array.isArray(value) ? 'seq' : 'map'];
    return `${open}${pad}${parts.join(style.tight ? ',' : ', ')}${pad}${close}`;
  }
  const pad = style.eol + style.unit.repeat(column + style.step);
  return `${open}${pad}${parts.join(`,${pad}`)}${style.eol}${style.unit.repeat(column)}${close}`;
}

export function writeFlowEntry(key: string, value: unknown, column: number, style: FlowStyle): string {
  const name = writeString(key, style.json ? 'double' : 'plain', true);
  return `${name}:${style.tight ? '' : ' '}${writeFlow(value, column, style)}`;
}
