/** What looks like a secret: by the name that it is kept under, or by what it is. Values are never told. */

/** Names of secrets, as regular expressions without regard to case. */
export const SECRET_NAMES: readonly string[] = [
  'passw(or)?d',
  'passphrase',
  'secret',
  'token(?!i[sz])',
  'bearer',
  'api_?key',
  'private_?key',
  'access_?key$',
  '^azure_.+key$',
  '^oci_cli_key_content$',
  '^google_application_credentials$',
];

/** Values that are secrets whatever they are called. */
export const SECRET_VALUES: readonly string[] = [
  '-BEGIN\\s+.*PRIVATE KEY-',
  '^(AKIA|ASIA)[0-9A-Z]{16}$',
  '^gh[pousr]_[A-Za-z0-9]{36,}$',
  '^xox[abpr]-[A-Za-z0-9-]{10,}$',
  '^eyJ[A-Za-z0-9_-]{10,}\\.eyJ[A-Za-z0-9_-]{10,}\\.[A-Za-z0-9_-]+$',
];

/** Ends of names that speak about a secret without holding it. */
const ABOUT =
  /(_|-|\.|(?<=[a-z])(?=[A-Z]))(file|path|dir|name|namespace|ref|url|uri|endpoint|host|ttl|expir(y|es|ation|e)|timeout|seconds|minutes|hours|duration|interval|length|size|limit|count|enabled|disabled|required|type|header|prefix|suffix|issuer|audience|algorithm|alg|version|id|policy|mode|method|provider|store|manager|rotation)(_\w+)?$/i;

/** Texts that stand for a value to come, or are none: references, placeholders, switches, paths. */
const NO_SECRET =
  /^(|true|false|yes|no|none|null|nil|default|disabled|enabled|optional|required|\/.*|.*\$[({].*|<.*>|\{\{.*|(vault|ref|secret|file|env|ssm|arn|aws|gcp|azure|https?):.*)$/is;

/** Numbers and durations: limits of tokens and lives of secrets. A password may well be a number. */
const AMOUNT = /^\d+(\.\d+)?\s*(ms|s|m|h|d|k)?$/i;
const MAY_BE_NUMBER = /pass|pin\b/i;

const compiled = new Map<string, RegExp | undefined>();

/** A parameter's pattern; one that is no regular expression matches nothing. */
function pattern(text: string): RegExp | undefined {
  if (!compiled.has(text)) {
    try {
      compiled.set(text, new RegExp(text, 'i'));
    } catch {
      compiled.set(text, undefined);
    }
  }
  return compiled.get(text);
}

const anyMatch = (patterns: readonly string[], text: string): boolean =>
  patterns.some((one) => pattern(one)?.test(text));

/** How a name and its value give a secret away; undefined when they do not. */
export function secretIn(
  name: string,
  value: unknown,
  names: readonly string[],
  values: readonly string[],
): 'value' | 'name' | undefined {
  if (typeof value !== 'string') return undefined;
  // A long text is looked at from its start: a key begins with what it is.
  if (anyMatch(values, value.slice(0, 4000).trim())) return 'value';
  const text = value.trim();
  if (!anyMatch(names, name) || ABOUT.test(name) || NO_SECRET.test(text)) return undefined;
  return AMOUNT.test(text) && !MAY_BE_NUMBER.test(name) ? undefined : 'name';
}
