/** What every benchmark shares: runs, and the figures made of them. */

export interface Figure {
  median: number;
  p95?: number;
  unit: 'ms' | 'MiB' | 'count' | 'KiB' | 'ratio';
  /** What it has to stay below, where the project set itself a goal. */
  goal?: number;
}

export type Figures = Record<string, Figure>;

export const median = (values: readonly number[]): number => quantile(values, 0.5);

export function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? Number.NaN;
}

/** Milliseconds of each run, after `warmup` runs that do not count. */
export async function timed(runs: number, work: (run: number) => unknown, warmup = 0): Promise<number[]> {
  const times: number[] = [];
  for (let run = -warmup; run < runs; run++) {
    const start = performance.now();
    await work(run);
    if (run >= 0) times.push(performance.now() - start);
  }
  return times;
}

export const round = (value: number): number => Math.round(value * 100) / 100;

export const inMs = (times: readonly number[], goal?: number): Figure => ({
  median: round(median(times)),
  p95: round(quantile(times, 0.95)),
  unit: 'ms',
  ...(goal === undefined ? {} : { goal }),
});
