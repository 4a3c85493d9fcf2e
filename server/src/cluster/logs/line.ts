/** Log lines with the time before each, as `timestamps=true` gives them. */

export interface LogLine {
  /** RFC 3339 with as many digits as the runtime writes; empty when there is none. */
  time: string;
  text: string;
}

const STAMPED = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)) ?/;

export function logLine(raw: string): LogLine {
  const time = STAMPED.exec(raw);
  return time ? { time: time[1] ?? '', text: raw.slice(time[0].length) } : { time: '', text: raw };
}

/** The same instant as text that sorts: nanoseconds are padded, for runtimes leave trailing zeros out. */
export const timeKey = (time: string): string =>
  time.replace(/(?:\.(\d+))?Z$/, (_all, digits: string = '') => `.${digits.padEnd(9, '0')}Z`);

/** Which container a line is of, where several are read together. */
export const ofContainer = (container: string, text: string): string => `[${container}] ${text}`;
