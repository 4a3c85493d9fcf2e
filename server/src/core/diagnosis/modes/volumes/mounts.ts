/** Volumes that are not mounted: FailedMount and FailedAttachVolume, by what they say. */
import type { Evidence, MessageData } from '../../../finding.ts';
import { DEFAULT_NAMESPACE, type Resource } from '../../../kube/store.ts';
import type { ConfigMap, Event, KeyToPath, Pod, Volume } from '../../../kube/types.ts';
import { nearest } from '../../../nearest.ts';
import type { Path } from '../../../path.ts';
import { activeContainers, ageOf, livePods, remember } from '../../containers.ts';
import { declared, topOwner } from '../../declared.ts';
import { eventEvidence, messageOf } from '../../eventFacts.ts';
import { describeCommand, fieldEvidence, kubectl } from '../../evidence.ts';
import { defineMode, type FailureMode } from '../../mode.ts';
import type { Scene } from '../../scene.ts';
import { listOf, nameOf } from '../name.ts';

type Groups = Record<string, string | undefined>;

interface MountFailure {
  pod: Resource<Pod>;
  event: Event;
  text: string;
  row: Row;
  groups: Groups;
}

interface Row {
  id: string;
  case: string;
  pattern: RegExp;
  message: string;
  /** Another sentence, and when it says more. */
  variant?: { message: string; when(data: MessageData): boolean };
  symptom?: boolean;
  /** The field of the volume that is at fault. */
  field?(volume: Volume | undefined, groups: Groups): Path;
  data?(failure: MountFailure, scene: Scene): MessageData;
  commands?(failure: MountFailure): string[];
}

interface Source {
  kind: 'ConfigMap' | 'Secret';
  name: string | undefined;
  items: readonly KeyToPath[];
  /** Where it is in the volume, and the field there that names it. */
  path: Path;
  nameField: 'name' | 'secretName';
}

/** The ConfigMaps and Secrets that a volume is made of: one of its own, or several that are projected. */
function sourcesOf({ configMap, secret, projected }: Volume = {}): Source[] {
  const own: Source[] = [];
  if (configMap) own.push({ kind: 'ConfigMap', ...named(configMap), path: ['configMap'], nameField: 'name' });
  if (secret)
    own.push({
      kind: 'Secret',
      ...named({ ...secret, name: secret.secretName }),
      path: ['secret'],
      nameField: 'secretName',
    });
  return (projected?.sources ?? []).reduce<Source[]>((all, source, at) => {
    const path = ['projected', 'sources', at];
    if (source.configMap)
      all.push({
        kind: 'ConfigMap',
        ...named(source.configMap),
        path: [...path, 'configMap'],
        nameField: 'name',
      });
    if (source.secret)
      all.push({ kind: 'Secret', ...named(source.secret), path: [...path, 'secret'], nameField: 'name' });
    return all;
  }, own);
}

const named = ({ name, items = [] }: { name?: string | undefined; items?: KeyToPath[] | undefined }) => ({
  name,
  items,
});

/** The source that a volume takes a key from which is not there. */
const sourceLacking = (volume: Volume | undefined, { kind, key }: Groups): Source | undefined =>
  sourcesOf(volume).find(
    (source) =>
      source.kind === (kind === 'secret' ? 'Secret' : 'ConfigMap') &&
      source.items.some((item) => item.key === key),
  );

const VOLUME = `for volume "(?<volume>[^"]+)"`;

const referenceRow = (kind: 'ConfigMap' | 'Secret'): Row => ({
  id: `${kind.toLowerCase()}-missing-volume`,
  case: 'config-reference-missing',
  pattern: new RegExp(
    `MountVolume\\.SetUp failed ${VOLUME} : (?:references non-existent )?${kind.toLowerCase()} "(?<name>[^"]+)" not found`,
  ),
  message: `${kind} {name} does not exist in namespace {namespace}; volume {volume} of {workload} waits for it{near}.`,
  field: (volume, { name }) => {
    const place = sourcesOf(volume).find((source) => source.kind === kind && source.name === name);
    return place ? [...place.path, place.nameField] : ['projected', 'sources'];
  },
  data: ({ pod, groups }, { store }) => {
    const near = nearest(
      groups.name ?? '',
      store.list(kind, pod.ref.namespace).map(({ ref }) => ref.name),
    );
    return { near: near ? ` (${near}?)` : '' };
  },
  commands: ({ pod }) => kubectl(pod.ref.namespace, 'get', `${kind.toLowerCase()}s`),
});

/** First match wins; the summary of the kubelet comes last and counts only when nothing else is said. */
const ROWS: readonly Row[] = [
  {
    id: 'sa-token-projection-failed',
    case: 'sa-token-not-mounted',
    pattern:
      /MountVolume\.SetUp failed for volume "(?<volume>kube-api-access-[^"]+)" : (?<reason>[\s\S]*(?:failed to fetch token|serviceaccount "[^"]+" not found|kube-root-ca\.crt)[\s\S]*)/,
    message: 'The service account token of {workload} cannot be mounted: {reason}.',
  },
  referenceRow('ConfigMap'),
  referenceRow('Secret'),
  {
    id: 'configmap-key-missing-volume',
    case: 'config-reference-missing',
    pattern: new RegExp(
      `${VOLUME} : (?:configmap )?references non-existent (?<kind>config|secret) key: (?<key>\\S+)`,
    ),
    message: 'Volume {volume} of {workload} takes key {key}, which {source} lacks; it has {keys}.',
    // The keys of a Secret are read with its values, so mostly they are not.
    variant: {
      message: 'Volume {volume} of {workload} takes key {key}, which {source} lacks.',
      when: ({ keys }) => keys === undefined,
    },
    field: (volume, groups) => {
      const source = sourceLacking(volume, groups);
      const at = source?.items.findIndex(({ key }) => key === groups.key) ?? -1;
      return source && at >= 0 ? [...source.path, 'items', at, 'key'] : [];
    },
    data: ({ pod, groups }, scene) => {
      const volume = pod.object.spec?.volumes?.find(({ name }) => name === groups.volume);
      const { kind = 'ConfigMap', name = '?' } = sourceLacking(volume, groups) ?? {};
      const found = scene.find<ConfigMap>(kind, pod.ref.namespace ?? DEFAULT_NAMESPACE, name);
      const keys = Object.keys({ ...found?.object.data, ...found?.object.binaryData }).sort();
      return { source: `${kind} ${name}`, ...(keys.length > 0 ? { keys: listOf(keys, 8) } : {}) };
    },
  },
  {
    id: 'hostpath-type-mismatch',
    case: 'volume-mount-failed',
    pattern: new RegExp(`${VOLUME} : hostPath type check failed: (?<reason>[^\\n]*)`),
    message: 'hostPath volume {volume} of {workload} is not what its type says on node {node}: {reason}.',
    field: () => ['hostPath', 'type'],
  },
  {
    id: 'multi-attach-error',
    case: 'pvc-multi-attach',
    pattern: /Multi-Attach error for volume "(?<volume>[^"]+)" (?<reason>[^\n]*)/,
    message: 'Volume {volume} of {workload} is still attached to another node: {reason}.',
    commands: () => kubectl(undefined, 'get', 'volumeattachments'),
  },
  {
    id: 'csi-driver-missing-on-node',
    case: 'volume-attach-failed',
    pattern:
      /(?:for volume "(?<volume>[^"]+)" : [\s\S]*)?driver name (?<driver>\S+) not found in the list of registered CSI drivers/,
    message: 'CSI driver {driver} does not run on node {node}, so the volumes of {workload} are not mounted.',
    field: (volume) => (volume?.csi ? ['csi', 'driver'] : []),
    commands: () => kubectl(undefined, 'get', 'csinodes'),
  },
  {
    id: 'volume-attach-failed',
    case: 'volume-attach-failed',
    pattern:
      /AttachVolume\.Attach failed for volume "(?<volume>[^"]+)" : (?<reason>[\s\S]*)|(?<other>timed out waiting for external-attacher[^\n]*)/,
    message: 'Volume {volume} of {workload} cannot be attached to node {node}: {reason}.',
    commands: () => kubectl(undefined, 'get', 'volumeattachments'),
  },
  {
    id: 'volume-mount-failed',
    case: 'volume-mount-failed',
    pattern: new RegExp(
      `MountVolume\\.(?:SetUp|MountDevice|NodeAffinity check|WaitForAttach|NewMounter initialization) failed ${VOLUME} : (?<reason>[\\s\\S]*)`,
    ),
    message: 'Volume {volume} of {workload} cannot be mounted on node {node}: {reason}.',
  },
  {
    id: 'volume-mount-timeout',
    case: 'volume-mount-failed',
    symptom: true,
    pattern:
      /Unable to attach or mount volumes: unmounted volumes=\[(?<volume>[^\]]*)\][\s\S]*?(?<reason>failed to process volumes=\[[^\]]+\][^\n]*|timed out waiting for the condition|context deadline exceeded)/,
    message: 'Volume {volume} of {workload} has not been mounted in time on node {node}: {reason}.',
  },
];

/** Messages of a start that mend themselves: the kubelet's watch had not synced, or the pod is gone already. */
const TRANSIENT = /failed to sync (?:configmap|secret) cache|object "[^"]+"\/"[^"]+" not registered/;
const PATIENCE = 120_000;

/** The most telling complaint about the volumes of each pod that still waits for its containers. */
function failures(scene: Scene): MountFailure[] {
  return remember(scene, 'mountFailures', () =>
    livePods(scene).flatMap((pod): MountFailure[] => {
      if (
        !activeContainers(pod).some(
          ({ status, waiting }) =>
            !status || waiting === 'ContainerCreating' || waiting === 'PodInitializing',
        )
      )
        return [];
      const events = scene
        .eventsOf(pod)
        .filter(({ reason }) => reason === 'FailedMount' || reason === 'FailedAttachVolume')
        .filter(
          (event) =>
            !TRANSIENT.test(messageOf(event)) || ageOf(scene.now, pod.object.status?.startTime) > PATIENCE,
        );
      const matched = events.flatMap((event) => {
        const text = messageOf(event);
        const row = ROWS.find(({ pattern }) => pattern.test(text));
        return row ? [{ pod, event, text, row, groups: { ...row.pattern.exec(text)?.groups } }] : [];
      });
      const causes = matched.filter(({ row }) => !row.symptom);
      // The newest is usually the summary; a volume's own complaint says more. One of each volume.
      const chosen = causes.length > 0 ? causes : matched;
      const volumes = new Set<string>();
      return chosen.filter(({ groups, row }) => {
        const key = `${row.id}|${groups.volume ?? ''}`;
        if (volumes.has(key)) return false;
        volumes.add(key);
        return true;
      });
    }),
  );
}

function placeOf({ pod, groups, row }: MountFailure): Path {
  const volumes = pod.object.spec?.volumes ?? [];
  const byClaim = (volume: Volume): boolean =>
    volume.persistentVolumeClaim !== undefined && !volumes.some(({ name }) => name === groups.volume);
  const at = volumes.findIndex((volume) => volume.name === groups.volume || byClaim(volume));
  if (at < 0) return ['spec', 'volumes'];
  const field = row.field?.(volumes[at], groups);
  return ['spec', 'volumes', at, ...(field ?? [])];
}

const modeOf = (row: Row): FailureMode =>
  defineMode({
    id: row.id,
    step: 'volumes',
    severity: 'error',
    confidence: row.symptom ? 'hint' : 'certain',
    case: row.case,
    ...(row.symptom ? { symptom: true } : {}),
    messages: { failed: row.message, variant: row.variant?.message ?? row.message },
    detect(scene, { report }) {
      for (const failure of failures(scene)) {
        if (failure.row !== row) continue;
        const { pod, event, groups } = failure;
        const { guilty, path } = declared(scene, pod, placeOf(failure));
        const evidence: Evidence[] = [eventEvidence(event), fieldEvidence(guilty, path)];
        const reason = (groups.reason ?? groups.other ?? '').trim().replace(/\.$/, '').slice(0, 300);
        const data = row.data?.(failure, scene) ?? {};
        report(row.variant?.when(data) ? 'variant' : 'failed', guilty, {
          data: {
            workload: nameOf(topOwner(scene, pod)),
            namespace: pod.ref.namespace,
            node: pod.object.spec?.nodeName,
            ...groups,
            reason,
            ...data,
          },
          path,
          evidence,
          affects: [pod],
          commands: [...describeCommand(pod.ref), ...(row.commands?.(failure) ?? [])],
        });
      }
    },
  });

/** `secret-missing-volume` and its kin: one mode for each way a volume is not mounted. */
export const mountModes: readonly FailureMode[] = ROWS.map(modeOf);
