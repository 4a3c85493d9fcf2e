/** The end of the logs of one container, or of several together in order of time. */
import { t } from '../../l10n.ts';
import type { LogQuery } from '../../protocol.ts';
import { failureOf } from '../failure.ts';
import type { SourceReader } from '../source.ts';
import { logLine, ofContainer, timeKey } from './line.ts';

/** Throws what one container's log throws; of several, each says its own failure in its lines. */
export async function readLogs(
  reader: SourceReader,
  { containers, ...query }: LogQuery,
  signal: AbortSignal,
): Promise<string> {
  const [only = '', ...others] = containers;
  if (others.length === 0) return reader.log({ ...query, container: only }, signal);
  const logs = await Promise.all(
    containers.map(async (container) => {
      try {
        const text = await reader.log({ ...query, container, timestamps: true }, signal);
        return linesIn(text, container);
      } catch (error) {
        if (signal.aborted) throw error;
        return [{ time: '', text: ofContainer(container, whyNot(error)) }];
      }
    }),
  );
  return logs
    .flat()
    .sort((a, b) => (a.time < b.time ? -1 : a.time > b.time ? 1 : 0))
    .map(({ text }) => `${text}\n`)
    .join('');
}

/** A line without a time is the continuation of the one before it. */
function linesIn(text: string, container: string): { time: string; text: string }[] {
  let last = '';
  return text
    .replace(/\n$/, '')
    .split('\n')
    .filter((raw) => raw !== '')
    .map((raw) => {
      const line = logLine(raw);
      last = line.time ? timeKey(line.time) : last;
      return { time: last, text: ofContainer(container, line.text) };
    });
}

export function whyNot(error: unknown): string {
  const { message, detail } = failureOf(error);
  return t('This log cannot be read: {why}', { why: detail ?? message });
}
