/** Reads the packed case library. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CaseBook } from './core/cases.ts';
import type { Language } from './l10n.ts';

/** The pages of a language below the extension's (or the package's) folder. Throws when the build has not packed them. */
export const readCases = (root: string, language: Language): CaseBook =>
  new CaseBook(readFileSync(join(root, 'dist', 'cases', `${language}.json`), 'utf8'));
