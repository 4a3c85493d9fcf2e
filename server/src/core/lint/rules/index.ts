/** Every rule: the only registry. Sorted by group, then id. */
import type { Rule } from '../rule.ts';
import { unknownSuppression } from './metadata/unknown-suppression.ts';

export const RULES: readonly Rule[] = [unknownSuppression];
