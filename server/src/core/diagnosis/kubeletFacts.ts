/** What kubelet statistics say of file systems and memory, quoted. */
import type { Evidence } from '../finding.ts';
import type { Resource } from '../kube/store.ts';
import type { Pod } from '../kube/types.ts';
import { formatAmount } from './nodeFit.ts';
import type { FsStats, KubeletStats } from './observed.ts';
import type { Scene } from './scene.ts';

/** Less than this part of bytes or inodes left: the next write fails, whatever its size. */
const FULL = 0.01;

export type PodStats = NonNullable<KubeletStats['pods']>[number];
export type VolumeStats = NonNullable<PodStats['volume']>[number];

/** What ran out: `bytes` or `inodes`; undefined while there is some of both, or when the figures are not there. */
export function exhausted({
  availableBytes,
  capacityBytes,
  inodesFree,
  inodes,
}: FsStats): 'bytes' | 'inodes' | undefined {
  if (availableBytes !== undefined && capacityBytes && availableBytes < capacityBytes * FULL) return 'bytes';
  if (inodesFree !== undefined && inodes && inodesFree < inodes * FULL) return 'inodes';
  return undefined;
}

/** The statistics of a pod by its node's kubelet; those of a namesake before it do not count. */
export function podStats(scene: Scene, { ref, object }: Resource<Pod>): PodStats | undefined {
  return scene
    .statsOf(object.spec?.nodeName ?? '')
    ?.pods?.find(
      ({ podRef }) =>
        podRef.name === ref.name &&
        podRef.namespace === ref.namespace &&
        (!podRef.uid || !object.metadata.uid || podRef.uid === object.metadata.uid),
    );
}

export const statsSource = (node: string): string => `Kubelet statistics ${node}`;

/** `0 of 1Gi free, 0 of 65536 inodes free`, with its place in the summary. */
export const fsEvidence = (node: string, path: string, fs: FsStats): Evidence => ({
  source: statsSource(node),
  path,
  text: [
    ...(fs.availableBytes === undefined ? [] : [`availableBytes: ${fs.availableBytes}`]),
    ...(fs.capacityBytes === undefined ? [] : [`capacityBytes: ${fs.capacityBytes}`]),
    ...(fs.inodesFree === undefined ? [] : [`inodesFree: ${fs.inodesFree}`]),
    ...(fs.inodes === undefined ? [] : [`inodes: ${fs.inodes}`]),
  ].join(', '),
});

/** The file systems of a node that its kubelet watches. */
export function nodeFsEvidence(scene: Scene, node: string): Evidence[] {
  const stats = scene.statsOf(node)?.node;
  return [
    ...(stats?.fs ? [fsEvidence(node, 'node.fs', stats.fs)] : []),
    ...(stats?.runtime?.imageFs ? [fsEvidence(node, 'node.runtime.imageFs', stats.runtime.imageFs)] : []),
  ];
}

export const bytes = (amount: number | undefined): string =>
  amount === undefined ? '?' : formatAmount('memory', amount);
