/** Every rule: the only registry. Sorted by group, then id. */
import type { Rule } from '../rule.ts';

export const RULES: readonly Rule[] = [];
