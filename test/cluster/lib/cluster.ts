import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { applyDns, applyNodeAddons, dnsReady, startOuterDns } from './addons.ts';
import { Api } from './api.ts';
import { buildParts } from './build.ts';
import {
  type ControlPlane,
  freePorts,
  serverOf,
  startApiServer,
  startControllers,
  startEtcd,
  waitForApi,
} from './controlPlane.ts';
import { buildImages, type Image } from './images.ts';
import { here, type Mode, type Plan, planOf, stateDir } from './layout.ts';
import { withLock } from './lock.ts';
import { networkUp } from './network.ts';
import { startNode, waitForNode } from './node.ts';
import { REAL_PARTS, SIMULATED_PARTS } from './parts.ts';
import { Pki } from './pki.ts';
import { Processes } from './processes.ts';
import { refuseKubernetesNode, requireLinux, requirePackages, requireRoot } from './requirements.ts';
import { addSimulatedNodes, startKwok } from './simulated.ts';
import { addSimulatedPods, spread } from './simulatedPods.ts';
import { claimSlot } from './slots.ts';
import { removeEmptyFolders, tearDown } from './tearDown.ts';

export type Say = (line: string) => void;

/** What a running cluster tells others about itself: `status --json` prints it. */
export interface ClusterInfo {
  mode: Mode;
  context: string;
  kubeconfig: string;
  server: string;
  stateDir: string;
  slot: number;
}

const infoFile = (mode: Mode): string => join(stateDir(mode), 'cluster.json');

export function readInfo(mode: Mode): ClusterInfo | undefined {
  if (!existsSync(infoFile(mode))) return undefined;
  return JSON.parse(readFileSync(infoFile(mode), 'utf8')) as ClusterInfo;
}

export type Status =
  | { kind: 'down' }
  | { kind: 'broken'; stopped: string[] }
  | { kind: 'up'; info: ClusterInfo };

export function statusOf(mode: Mode): Status {
  if (!existsSync(stateDir(mode))) return { kind: 'down' };
  const info = readInfo(mode);
  const processes = new Processes(stateDir(mode));
  const stopped = processes.names().filter((name) => !processes.isRunning(name));
  return info && stopped.length === 0 ? { kind: 'up', info } : { kind: 'broken', stopped };
}

/** How large a simulated cluster is. */
export interface Size {
  nodes: number;
  pods: number;
}

export function up(mode: Mode, size: Size, say: Say): Promise<ClusterInfo> {
  requireLinux();
  return withLock(stateDir(mode), say, () => upLocked(mode, size, say));
}

async function upLocked(mode: Mode, size: Size, say: Say): Promise<ClusterInfo> {
  const status = statusOf(mode);
  if (status.kind === 'up') return status.info;
  if (status.kind === 'broken') {
    say('A cluster that did not come up, or is no longer whole, is taken down first');
    await tearDown(mode);
  }
  return mode === 'real' ? upReal(say) : upSimulated(size, say);
}

async function upReal(say: Say): Promise<ClusterInfo> {
  requireRoot();
  refuseKubernetesNode();
  await requirePackages(say);
  const built = await buildParts(REAL_PARTS, say);
  const images = await buildImages(built, say);

  say('Starting the network and the control plane');
  const folder = createStateDir('real');
  const plan = planOf(await claimSlot(folder));
  await networkUp(plan);
  const plane = await preparePlane('real', plan, built, plan.hostAddress, 6443);
  const api = await startPlane(plane);

  say('Starting the nodes');
  startRegistry(plane, images);
  startOuterDns(plane);
  await applyNodeAddons(api, plane);
  await applyDns(api, plane);
  for (const name of ['calico', 'kube-proxy']) plane.pki.writeKubeconfig(name, serverOf(plane));
  const archives = images.filter((image) => image.name !== 'app').map((image) => image.archive);
  await Promise.all(plan.nodes.map((node) => startNode(plane, node, archives)));
  await Promise.all(plan.nodes.map((node) => waitForNode(plane, node, api)));
  await dnsReady(api, plane);
  api.close();
  return finish(plane);
}

async function upSimulated({ nodes, pods }: Size, say: Say): Promise<ClusterInfo> {
  const built = await buildParts(SIMULATED_PARTS, say);
  say('Starting the control plane');
  createStateDir('simulated');
  const [port = 0] = await freePorts(1);
  const plane = await preparePlane('simulated', planOf(0), built, '127.0.0.1', port);
  const api = await startPlane(plane);
  startKwok(plane);
  await addSimulatedNodes(api, plane.processes, nodes);
  if (pods > 0) {
    say(`Making ${pods} pods`);
    await addSimulatedPods(api, plane.processes, spread(pods), nodes);
  }
  api.close();
  return finish(plane);
}

function createStateDir(mode: Mode): string {
  mkdirSync(stateDir(mode), { recursive: true, mode: 0o700 });
  return stateDir(mode);
}

async function preparePlane(
  mode: Mode,
  plan: Plan,
  built: Record<string, string>,
  address: string,
  port: number,
): Promise<ControlPlane> {
  const [client = 0, peer = 0, controllerPort = 0, schedulerPort = 0] = await freePorts(4);
  const processes = new Processes(stateDir(mode));
  const pki = new Pki(stateDir(mode));
  await pki.create(`${built.pki}/pki`, plan, address, mode === 'real');
  return {
    mode,
    plan,
    built,
    processes,
    pki,
    address,
    port,
    etcdPorts: [client, peer],
    controllerPort,
    schedulerPort,
  };
}

async function startPlane(plane: ControlPlane): Promise<Api> {
  startEtcd(plane);
  startApiServer(plane);
  const api = new Api(serverOf(plane), plane.pki.identity('admin'));
  await waitForApi(api, plane.processes);
  startControllers(plane);
  return api;
}

function startRegistry(plane: ControlPlane, images: readonly Image[]): void {
  const layouts = images.map((image) => `${image.name}=${image.folder}`);
  plane.processes.start({
    name: 'registry',
    argv: [process.execPath, join(here, 'registry.ts'), plane.plan.hostAddress, '5000', ...layouts],
  });
}

function finish(plane: ControlPlane): ClusterInfo {
  const context = `pod-triage-${plane.mode}`;
  const info: ClusterInfo = {
    mode: plane.mode,
    context,
    kubeconfig: plane.pki.writeKubeconfig('admin', serverOf(plane), context),
    server: serverOf(plane),
    stateDir: plane.processes.stateDir,
    slot: plane.plan.slot,
  };
  writeFileSync(infoFile(plane.mode), `${JSON.stringify(info, null, 2)}\n`);
  return info;
}

/** Takes a cluster down, whatever is left of it. */
export async function down(mode: Mode, say: Say): Promise<void> {
  requireLinux();
  await withLock(stateDir(mode), say, () => tearDown(mode));
  removeEmptyFolders(stateDir(mode));
}
