/** Milliseconds of processor time that the work takes: what else the machine does counts little. */
export function cpuMs(work: () => void): number {
  const before = process.cpuUsage();
  work();
  return process.cpuUsage(before).user / 1000;
}
