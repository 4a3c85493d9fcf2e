import {
  existsSync,
  lstatSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmdirSync,
  rmSync,
  unlinkSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { endCgroup, removeCgroup } from './cgroups.ts';
import { type Mode, type Plan, planOf, stateDir } from './layout.ts';
import { networkDown } from './network.ts';
import { Processes } from './processes.ts';
import { isKubernetesNode } from './requirements.ts';
import { run } from './run.ts';
import { claimedSlot, releaseSlot } from './slots.ts';

/** Takes away everything a cluster made, in an order that works from any point at which it stopped. */
export async function tearDown(mode: Mode): Promise<void> {
  const folder = stateDir(mode);
  const processes = new Processes(folder);
  const slot = claimedSlot(folder);
  const plan = slot === undefined ? undefined : planOf(slot);

  if (plan) await endNodes(processes, plan);
  // What is left carries the cluster's mark: the control plane, the shims, and whatever has no record.
  const sockets = shimSockets(folder);
  await processes.sweep(1500);
  if (plan) await removeNodes(plan, folder, sockets);
  rmSync(folder, { recursive: true, force: true });
  if (slot !== undefined) releaseSlot(slot);
}

/** The checkout's folder, the clusters' and the project's, if no other cluster has anything in them. */
export function removeEmptyFolders(folder: string): void {
  for (let parent = dirname(folder), level = 0; level < 3; parent = dirname(parent), level++)
    removeIfEmpty(parent);
}

/** The agents go before the containers, or they would start those again; the shims end with their containers. */
async function endNodes(processes: Processes, plan: Plan): Promise<void> {
  const agents = processes.names().filter((name) => /^(kubelet|kube-proxy|felix)-/.test(name));
  await Promise.all(agents.map((name) => processes.stop(name, 2000)));
  for (const node of plan.nodes) await endCgroup(node.cgroup);
}

async function removeNodes(plan: Plan, folder: string, sockets: readonly string[]): Promise<void> {
  for (const node of plan.nodes) await removeCgroup(node.cgroup);
  await unmountBelow(folder);
  for (const socket of sockets) rmSync(socket, { force: true });
  removeLogLinks(folder);
  // A Calico that was installed here has this file too, and its node's name beside it.
  if (!existsSync('/var/lib/calico/nodename')) rmSync('/var/lib/calico/mtu', { force: true });
  if (!isKubernetesNode()) rmSync('/var/lib/kubelet/device-plugins/kubelet.sock', { force: true });
  for (const empty of SHARED_FOLDERS) removeIfEmpty(empty);
  await networkDown(plan);
}

/** Folders that the kubelet, containerd and the network plugin make outside of ours, deepest first. */
const SHARED_FOLDERS = [
  '/run/containerd/s',
  '/run/containerd/fifo',
  '/run/containerd',
  '/var/log/containers',
  '/var/lib/kubelet/device-plugins',
  '/var/lib/kubelet',
  '/run/calico',
  '/var/lib/calico',
];

function removeIfEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // Not there, or somebody else keeps something in it.
  }
}

/** Mount points below a folder, deepest first. /proc/self/mounts writes blanks as \040. */
async function unmountBelow(folder: string): Promise<void> {
  const points = readFileSync('/proc/self/mounts', 'utf8')
    .split('\n')
    .map((line) =>
      (line.split(' ')[1] ?? '').replace(/\\(\d{3})/g, (_, octal) =>
        String.fromCharCode(Number.parseInt(octal, 8)),
      ),
    )
    .filter((point) => point.startsWith(`${folder}/`))
    .reverse();
  for (const point of points) await run(['umount', '--lazy', point], { allowFailure: true });
}

/** The shims' sockets lie in a folder that all containerds of a machine share; each bundle names its own. */
function shimSockets(folder: string): string[] {
  return ['a', 'b'].flatMap((letter) => {
    const tasks = join(folder, letter, 'run', 'io.containerd.runtime.v2.task', 'k8s.io');
    if (!existsSync(tasks)) return [];
    return readdirSync(tasks).flatMap((id) => {
      const file = join(tasks, id, 'bootstrap.json');
      const address = existsSync(file) ? /unix:\/\/([^"]+)/.exec(readFileSync(file, 'utf8'))?.[1] : undefined;
      return address ? [address] : [];
    });
  });
}

/** The kubelet links every container's log from a folder whose place cannot be chosen. */
function removeLogLinks(folder: string): void {
  const links = '/var/log/containers';
  if (!existsSync(links)) return;
  for (const name of readdirSync(links)) {
    const link = join(links, name);
    if (lstatSync(link).isSymbolicLink() && readlinkSync(link).startsWith(`${folder}/`)) unlinkSync(link);
  }
}
