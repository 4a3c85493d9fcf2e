/**
 * What the cluster worker costs in a cluster of 1,000 nodes and 10,000 pods, and a diagnosis beside the same one in
 * a small cluster. Brings up a simulated cluster of its own, which takes minutes, and takes it down.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Source } from '../../server/src/protocol.ts';
import { Api } from '../cluster/lib/api.ts';
import { type ClusterInfo, down, up } from '../cluster/lib/cluster.ts';
import { Pki } from '../cluster/lib/pki.ts';
import { Processes } from '../cluster/lib/processes.ts';
import { addSimulatedNodes } from '../cluster/lib/simulated.ts';
import { addSimulatedPods, spaceName, spread } from '../cluster/lib/simulatedPods.ts';
import { type Cost, CountedWorker } from './countedWorker.ts';
import { type Figure, type Figures, median, round } from './measure.ts';

const NODES = 1000;
const PODS = 10_000;
/** One namespace that holds as many pods as all the others together. */
const CROWD = { namespace: 'crowd', pods: PODS, perDeployment: 100 };
const SMALL = { namespace: spaceName(0), pods: PODS / 100, perDeployment: 10 };
const SMALL_NODES = 5;
const RUNS = 15;
const IDLE_MS = 30_000;
const PAGE = 100;

const say = (line: string): void => console.error(`  ${line}`);

export async function cluster(): Promise<Figures> {
  const state = mkdtempSync(join(tmpdir(), 'pod-triage-bench-'));
  // The checkout's own cluster, if there is one, stays as it is.
  process.env.XDG_STATE_HOME = state;
  say(`Should this be cut off, XDG_STATE_HOME=${state} npm run cluster -- down takes the cluster down`);
  try {
    const info = await up('simulated', { nodes: SMALL_NODES, pods: 0 }, say);
    return await measure(info);
  } finally {
    await down('simulated', say);
    rmSync(state, { recursive: true, force: true });
  }
}

async function measure(info: ClusterInfo): Promise<Figures> {
  const processes = new Processes(info.stateDir);
  const api = new Api(info.server, new Pki(info.stateDir).identity('admin'));
  await addSimulatedPods(api, processes, [SMALL], SMALL_NODES);
  const before = await inWorker((worker) => diagnosis(worker, info, SMALL.namespace));

  say(`Growing to ${NODES} nodes and ${PODS} pods, and ${PODS} more in one namespace`);
  await addSimulatedNodes(api, processes, NODES);
  await addSimulatedPods(api, processes, [...spread(PODS), CROWD], NODES);
  api.close();
  await sleep(10_000);
  return figuresOf(info, before);
}

/** The figures of the cluster grown large, beside those of a diagnosis when it was `small`. */
export async function figuresOf(info: ClusterInfo, small: Cost): Promise<Figures> {
  const big = await inWorker((worker) => diagnosis(worker, info, SMALL.namespace));
  const crowd = await inWorker((worker) => diagnosis(worker, info, CROWD.namespace));
  return {
    ...(await inWorker((worker) => tree(worker, info, SMALL.namespace, 'namespace of 100 pods'))),
    ...(await inWorker((worker) => tree(worker, info, CROWD.namespace, 'namespace of 10,000 pods'))),
    ...costOf('diagnosis, 5 nodes, 100 pods', small),
    ...costOf('diagnosis, 1,000 nodes, 20,000 pods', big),
    ...costOf('diagnosis in a namespace of 10,000 pods', crowd),
    'diagnosis, big over small, time': ratio(big.ms, small.ms),
    'diagnosis, big over small, bytes': ratio(big.bytes, small.bytes),
    'diagnosis, big over small, requests': ratio(big.requests, small.requests),
    'diagnosis, crowd over small, time': ratio(crowd.ms, small.ms),
    'diagnosis, crowd over small, bytes': ratio(crowd.bytes, small.bytes),
    'diagnosis, crowd over small, requests': ratio(crowd.requests, small.requests),
  };
}

const ratio = (big: number, small: number): Figure => ({
  median: round(big / small),
  unit: 'ratio',
  goal: 1.5,
});

/** A fresh worker, so that what one measurement left in memory does not count for the next. */
export async function inWorker<T>(use: (worker: CountedWorker) => Promise<T>): Promise<T> {
  const worker = new CountedWorker();
  try {
    return await use(worker);
  } finally {
    await worker.close();
  }
}

const sourceOf = ({ context, kubeconfig }: ClusterInfo, namespace: string): Source => ({
  kind: 'context',
  context,
  kubeconfig,
  namespace,
});

/** The median of diagnoses of one healthy pod; the first, which opens the connections, does not count. */
export async function diagnosis(
  worker: CountedWorker,
  info: ClusterInfo,
  namespace: string,
  runs = RUNS,
): Promise<Cost> {
  const subject = { kind: 'Pod', namespace, name: 'app-0-load-000' };
  const costs: Cost[] = [];
  for (let run = 0; run <= runs; run++)
    costs.push(
      await worker.cost(() =>
        worker.ask('podTriage/diagnose', { id: `bench-${run}`, source: sourceOf(info, namespace), subject }),
      ),
    );
  const counted = costs.slice(1);
  const middle = (of: (cost: Cost) => number): number => median(counted.map(of));
  return {
    requests: middle(({ requests }) => requests),
    bytes: middle(({ bytes }) => bytes),
    ms: middle(({ ms }) => ms),
    peakBytes: Math.max(...counted.map(({ peakBytes }) => peakBytes)),
  };
}

/** Opens the tree as the editor does, turns pages, then lets it stand. */
export async function tree(
  worker: CountedWorker,
  info: ClusterInfo,
  namespace: string,
  name: string,
): Promise<Figures> {
  const source = sourceOf(info, namespace);
  let firstRowsMs = 0;
  const opening = await worker.cost(async () => {
    const start = performance.now();
    const whole = worker.view(({ state, workloads }) => {
      if (firstRowsMs === 0 && workloads.some(({ pods }) => pods > 0))
        firstRowsMs = performance.now() - start;
      return state === 'ready';
    });
    await worker.ask('podTriage/watch', { source });
    await whole;
  });
  const pages: number[] = [];
  let total = 1;
  const paging = await worker.cost(async () => {
    for (let offset = 0; offset < Math.min(total, 20 * PAGE); offset += PAGE) {
      const start = performance.now();
      ({ total } = await worker.ask('podTriage/pods', { source, offset, limit: PAGE }));
      pages.push(performance.now() - start);
    }
  });
  const idle = await worker.cost(() => sleep(IDLE_MS));
  await worker.ask('podTriage/watch', { source: null });
  return {
    [`tree, ${name}, first rows`]: { median: round(firstRowsMs), unit: 'ms', goal: 2000 },
    ...costOf(`tree, ${name}, opened`, opening),
    [`tree, ${name}, a page of ${PAGE} pods`]: { median: round(median(pages)), unit: 'ms' },
    [`tree, ${name}, requests for pages`]: { median: paging.requests, unit: 'count' },
    [`tree, ${name}, requests in 30 s of standing`]: { median: idle.requests, unit: 'count' },
    [`tree, ${name}, bytes in 30 s of standing`]: { median: round(idle.bytes / 1024), unit: 'KiB' },
  };
}

const costOf = (name: string, { requests, bytes, ms, peakBytes }: Cost): Figures => ({
  [`${name}, time`]: { median: round(ms), unit: 'ms' },
  [`${name}, requests`]: { median: requests, unit: 'count' },
  [`${name}, bytes`]: { median: round(bytes / 1024), unit: 'KiB' },
  [`${name}, peak memory`]: { median: round(peakBytes / 1024 / 1024), unit: 'MiB' },
});
