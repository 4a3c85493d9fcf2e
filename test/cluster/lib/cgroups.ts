import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { endPids } from './processes.ts';
import { until } from './run.ts';

const ROOT = '/sys/fs/cgroup';

const isUnified = (): boolean => existsSync(`${ROOT}/cgroup.controllers`);

/** Every hierarchy that is mounted: one with cgroup v2, one per controller with v1. */
function hierarchies(): string[] {
  const mounts = readFileSync('/proc/self/mounts', 'utf8').split('\n');
  return [
    ...new Set(
      mounts
        .map((line) => line.split(' '))
        .filter((f) => /^cgroup2?$/.test(f[2] ?? ''))
        .map((f) => f[1] ?? ''),
    ),
  ];
}

/** Makes the group below which a kubelet keeps its pods. The kubelet wants to find it in every hierarchy. */
export function createCgroup(name: string): void {
  if (isUnified()) {
    enableControllers(ROOT);
    mkdirSync(join(ROOT, name), { recursive: true });
    enableControllers(join(ROOT, name));
    return;
  }
  for (const hierarchy of hierarchies()) {
    const folder = join(hierarchy, name);
    mkdirSync(folder, { recursive: true });
    // A v1 cpuset is born empty, and nothing can run in it until it is filled.
    for (const file of ['cpuset.cpus', 'cpuset.mems'].filter((f) => existsSync(join(folder, f)))) {
      writeFileSync(join(folder, file), readFileSync(join(hierarchy, file), 'utf8').trim());
    }
  }
}

function enableControllers(folder: string): void {
  const controllers = readFileSync(join(folder, 'cgroup.controllers'), 'utf8')
    .trim()
    .split(' ')
    .filter(Boolean);
  writeFileSync(join(folder, 'cgroup.subtree_control'), controllers.map((c) => `+${c}`).join(' '));
}

const foldersOf = (name: string): string[] =>
  hierarchies()
    .map((hierarchy) => join(hierarchy, name))
    .filter((folder) => existsSync(folder));

/** Ends every process in the group: containers do not carry our mark. */
export async function endCgroup(name: string): Promise<void> {
  await endPids([...new Set(foldersOf(name).flatMap(pidsBelow))], 0);
}

/** Takes the group away. The kernel says EBUSY for a moment after the last process ended. */
export async function removeCgroup(name: string): Promise<void> {
  await until(`Removing the control group ${name}`, 20, async () => {
    await endCgroup(name);
    for (const folder of foldersOf(name)) removeBelow(folder);
    return true;
  });
}

/** Folders may go away while we look: shims and runc clean up after themselves. */
function unlessGone<T>(look: () => T, otherwise: T): T {
  try {
    return look();
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && (cause.code === 'ENOENT' || cause.code === 'ENODEV'))
      return otherwise;
    throw cause;
  }
}

function groupsBelow(folder: string): string[] {
  return unlessGone(() => readdirSync(folder, { withFileTypes: true }), [])
    .filter((entry) => entry.isDirectory())
    .map((entry) => join(folder, entry.name));
}

function pidsBelow(folder: string): number[] {
  const text = unlessGone(() => readFileSync(join(folder, 'cgroup.procs'), 'utf8'), '');
  return [...text.split('\n').filter(Boolean).map(Number), ...groupsBelow(folder).flatMap(pidsBelow)];
}

function removeBelow(folder: string): void {
  for (const group of groupsBelow(folder)) removeBelow(group);
  unlessGone(() => rmdirSync(folder), undefined);
}
