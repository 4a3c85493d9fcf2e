/** File systems that are full: by the kubelet's figures, else by the application's own words. */
import { DEFAULT_NAMESPACE, type Resource } from '../../../kube/store.ts';
import type { Pod } from '../../../kube/types.ts';
import type { Path } from '../../../path.ts';
import { activeContainers, isCrashing, isReady, livePods } from '../../containers.ts';
import { type Declared, declared, topOwner } from '../../declared.ts';
import { endedEvidence, fieldEvidence, kubectl, logCommand, logEvidence } from '../../evidence.ts';
import { bytes, exhausted, fsEvidence, podStats, type VolumeStats } from '../../kubeletFacts.ts';
import { defineMode, type ModeContext } from '../../mode.ts';
import type { Scene } from '../../scene.ts';
import { nameOf } from '../name.ts';
import { type Mount, mountOf } from './files.ts';
import { causesOf, FOLLOWS } from './logCauses.ts';

type Message = 'claim' | 'claimInodes' | 'volume' | 'volumeInodes' | 'said' | 'saidVolume';

export const volumeFilesystemFull = defineMode<Message>({
  id: 'volume-filesystem-full',
  step: 'running',
  severity: 'error',
  confidence: 'certain',
  case: 'disk-full',
  explains: FOLLOWS,
  messages: {
    claim:
      'PersistentVolumeClaim {claim} of {workload} is full: {free} of {size} are free; make it larger or delete what is not needed.',
    claimInodes:
      'PersistentVolumeClaim {claim} of {workload} has no inodes left ({inodes} of {allInodes} free) although {free} are free; delete small files.',
    volume:
      'Volume {volume} of {workload} is full: {free} of {size} are free on the file system of node {node}.',
    volumeInodes:
      'Volume {volume} of {workload} has no inodes left: {inodes} of {allInodes} are free on the file system of node {node}.',
    said: 'Container {container} of {workload} writes to a volume or file system that is full.',
    saidVolume: 'Container {container} of {workload} writes to volume {volume}, which is full.',
  },
  detect(scene, context) {
    const explained = new Set<Resource<Pod>>();
    for (const pod of livePods(scene)) {
      // Projected tokens and other memory-backed volumes are no disk.
      const full = (podStats(scene, pod)?.volume ?? []).filter(
        (volume) => exhausted(volume) && isMounted(pod, volume.name),
      );
      for (const volume of full) byFigures(scene, context, pod, volume);
      if (full.length > 0) explained.add(pod);
    }
    for (const { fact, line, previous } of causesOf(scene, 'volume-filesystem-full')) {
      if (explained.has(fact.pod)) continue;
      const { nodeName = '' } = fact.pod.object.spec ?? {};
      const isKnown = podStats(scene, fact.pod) !== undefined;
      if (!isKnown) context.notChecked(nodeName, 'stats');
      const mount = mountOf(fact, PATH.exec(line)?.[0] ?? '');
      const place = mount?.volume
        ? placeOf(scene, fact.pod, mount)
        : declared(scene, fact.pod, [...fact.path, 'volumeMounts']);
      context.report(mount?.volume ? 'saidVolume' : 'said', place.guilty, {
        data: {
          container: fact.name,
          workload: nameOf(topOwner(scene, fact.pod)),
          volume: mount?.volume?.name,
        },
        path: place.path,
        confidence: 'likely',
        evidence: [
          logEvidence(fact.pod, fact.name, previous, line),
          fieldEvidence(fact.pod, [...fact.path, 'volumeMounts']),
          ...endedEvidence(fact),
        ],
        affects: [fact.pod],
        commands: logCommand(fact),
      });
    }
  },
});

/** The first absolute path of a log line. */
const PATH = /(?<![\w.])\/[\w./-]+/;

/** The size of a volume: what its claim asks for, or the limit of an emptyDir. */
function placeOf(scene: Scene, pod: Resource<Pod>, { volume, volumeAt }: Mount): Declared {
  const name = volume?.persistentVolumeClaim?.claimName;
  const claim = name ? scene.find('PersistentVolumeClaim', pod.ref.namespace, name) : undefined;
  if (claim) return { guilty: claim, path: CLAIM_SIZE };
  const limit = volume?.emptyDir?.sizeLimit === undefined ? [] : ['emptyDir', 'sizeLimit'];
  return declared(scene, pod, ['spec', 'volumes', volumeAt, ...limit]);
}

const CLAIM_SIZE: Path = ['spec', 'resources', 'requests', 'storage'];

function byFigures(
  scene: Scene,
  { report }: ModeContext<Message>,
  pod: Resource<Pod>,
  volume: VolumeStats,
): void {
  const { nodeName: node = '', volumes = [] } = pod.object.spec ?? {};
  const claim =
    volume.pvcRef && scene.find('PersistentVolumeClaim', volume.pvcRef.namespace, volume.pvcRef.name);
  const at = volumes.findIndex(({ name }) => name === volume.name);
  const place = declared(scene, pod, ['spec', 'volumes', at]);
  const byInodes = exhausted(volume) === 'inodes';
  const said = causesOf(scene, 'volume-filesystem-full').filter(({ fact }) => fact.pod === pod);
  const suffers =
    said.length > 0 ||
    !isReady(pod.object) ||
    activeContainers(pod).some((fact) => isCrashing(fact, scene.now));
  const message = volume.pvcRef ? (byInodes ? 'claimInodes' : 'claim') : byInodes ? 'volumeInodes' : 'volume';
  report(message, claim ?? place.guilty, {
    data: {
      claim: volume.pvcRef?.name,
      volume: volume.name,
      workload: nameOf(topOwner(scene, pod)),
      node,
      free: bytes(volume.availableBytes),
      size: bytes(volume.capacityBytes),
      inodes: volume.inodesFree,
      allInodes: volume.inodes,
    },
    path: claim ? CLAIM_SIZE : place.path,
    // A full volume that nobody has complained about yet is a warning.
    ...(suffers ? {} : { severity: 'warning' as const }),
    evidence: [
      fsEvidence(
        node,
        `pods[${pod.ref.namespace ?? DEFAULT_NAMESPACE}/${pod.ref.name}].volume[${volume.name}]`,
        volume,
      ),
      ...said.map(({ fact, line, previous }) => logEvidence(fact.pod, fact.name, previous, line)),
    ],
    affects: [pod],
    commands: volume.pvcRef
      ? kubectl(volume.pvcRef.namespace, 'get', 'pvc', volume.pvcRef.name, '-o', 'wide')
      : kubectl(undefined, 'describe', 'node', node),
  });
}

const isMounted = ({ object: { spec } }: Resource<Pod>, name: string): boolean =>
  (spec?.volumes ?? []).some(
    (volume) => volume.name === name && !volume.projected && !volume.secret && !volume.configMap,
  );
