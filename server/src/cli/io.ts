/** What a command of the command line reads and writes. */
import { t } from '../l10n.ts';

export interface CliIO {
  /** Standard output: results only. */
  out(text: string): void;
  /** Standard error: messages. */
  err(text: string): void;
  cwd: string;
  env: Readonly<Record<string, string | undefined>>;
  /** Absolute path of the folder that holds dist/ and media/. */
  root: string;
  readStdin(): Promise<string>;
  /** Asks a question that is answered by yes or no; absent where nobody sits at a terminal. */
  confirm?: ((question: string, signal: AbortSignal) => Promise<boolean>) | undefined;
}

/** Usage or input that cannot be read: exit code 2 with one line that says how to mend it. */
export class UsageError extends Error {}

/** The value of an option that takes one of several words. */
export function oneOf<T extends string>(
  name: string,
  value: string | undefined,
  words: readonly T[],
  fallback: T,
): T {
  if (value === undefined) return fallback;
  const word = words.find((each) => each === value);
  if (!word)
    throw new UsageError(
      t('--{name} takes one of {words}, not {value}.', { name, words: words.join(', '), value }),
    );
  return word;
}
