/** Names of contexts against patterns where `*` stands for any text. */

export function matchesAny(name: string, patterns: readonly string[]): boolean {
  return patterns.some((pattern) => matches(name.toLowerCase(), pattern.trim().toLowerCase()));
}

function matches(name: string, pattern: string): boolean {
  if (pattern === '') return false;
  const parts = pattern.split('*').map((part) => part.replace(/[\\^$.|?+()[\]{}]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`).test(name);
}
