/** What one diagnosis needs of an observation: the rest of the cluster, and of each object what nobody reads, is left out. */
import type { KubeObject } from '../kube/object.ts';
import { refKey } from '../kube/ref.ts';
import { refOf } from '../kube/store.ts';
import type { Container, Event, Pod, PodSpec } from '../kube/types.ts';
import { POD_KINDS, podTemplateOf, templatePath } from '../kube/workload.ts';
import type { Path } from '../path.ts';
import { buildScene } from './buildScene.ts';
import { omit, pick, withoutBulk } from './bulk.ts';
import { conditionOf, isReady } from './containers.ts';
import { involved } from './eventFacts.ts';
import type { Observed, Subject } from './observed.ts';
import { indexObserved } from './observedIndex.ts';
import type { Scene } from './scene.ts';

/**
 * The observation as the diagnosis of `subject` sees it: diagnosing what is returned gives the same answer. Pods that
 * merely share a namespace or a node with the subject keep what says how much they ask for, what they carry and
 * whether they are well, workloads the labels and ports of their pods; the events of such pods go. Changes nothing
 * that it is given.
 */
export function scopeTo(observed: Observed, subject: Subject): Observed {
  const scene = buildScene(indexObserved(observed), subject);
  const near = new Set([...scene.pods, ...scene.owners].map(({ ref }) => refKey(ref)));
  const isBystander = (object: KubeObject): boolean =>
    POD_KINDS.includes(object.kind) &&
    object !== scene.object?.object &&
    !near.has(refKey(refOf(object))) &&
    !(object.kind === 'Pod' && isAilingPart(object));
  const bystanders = new Set(
    observed.objects.filter((object) => object.kind === 'Pod' && isBystander(object)).map(podKey),
  );
  return {
    ...observed,
    objects: observed.objects
      .filter((object) => isOfUse(object, scene, bystanders))
      .map((object) => (isBystander(object) ? bystander(object) : withoutBulk(object))),
  };
}

const podKey = ({ metadata }: KubeObject): string => `${metadata.namespace}/${metadata.name}`;

/** DNS or kube-proxy that is not well: every connection of every pod depends on them. */
const isAilingPart = (pod: Pod): boolean =>
  pod.metadata.namespace === 'kube-system' && pod.metadata.labels?.['k8s-app'] !== undefined && !isReady(pod);

function isOfUse(object: KubeObject, scene: Scene, bystanders: ReadonlySet<string>): boolean {
  if (object.kind === 'Event') return isEventOfUse(object as Event, scene, bystanders);
  // Those that the API server serves itself cannot be away.
  if (object.kind === 'APIService')
    return (
      conditionOf(object as Pod, 'Available')?.status !== 'True' ||
      object.metadata.name === scene.subject.name
    );
  return true;
}

/** Events are read by what they are about: of what is not there they tell nobody. */
function isEventOfUse(event: Event, { find }: Scene, bystanders: ReadonlySet<string>): boolean {
  const about = involved(event);
  if (!about?.kind || !about.name) return false;
  const namespace = about.namespace || event.metadata.namespace;
  if (about.kind === 'Pod' && bystanders.has(`${namespace}/${about.name}`)) return false;
  // What a kubelet says of its start and of a node that is well.
  if (about.kind === 'Node' && event.type === 'Normal' && event.reason !== 'NodeNotReady') return false;
  return find(about.kind, namespace, about.name) !== undefined;
}

function bystander(object: KubeObject): KubeObject {
  const metadata = omit(object.metadata, ['annotations']);
  if (object.kind === 'Pod') return bystanderPod(object as Pod, metadata);
  const template = podTemplateOf(object);
  const path = templatePath(object.kind);
  if (!template || !path) return object;
  const trimmed = { ...template, spec: bystanderSpec(template.spec) };
  return withValueAt({ ...object, metadata }, path, trimmed) as KubeObject;
}

/** A copy with another value at a path of field names. */
function withValueAt(data: object, [step = '', ...rest]: Path, value: unknown): object {
  const fields = data as Record<string, object>;
  return { ...fields, [step]: rest.length === 0 ? value : withValueAt(fields[step] ?? {}, rest, value) };
}

function bystanderPod({ apiVersion, kind, spec, status }: Pod, metadata: object): KubeObject {
  const conditions = status?.conditions?.map((condition) => pick(condition, ['type', 'status', 'reason']));
  return {
    apiVersion,
    kind,
    metadata,
    ...(spec ? { spec: bystanderSpec(spec) } : {}),
    ...(status
      ? {
          status: {
            ...pick(status, ['phase', 'reason', 'hostIP', 'podIP', 'podIPs', 'startTime']),
            ...listed('conditions', conditions),
          },
        }
      : {}),
  } as KubeObject;
}

const bystanderSpec = (spec: PodSpec | undefined): object => ({
  ...pick(spec ?? {}, ['nodeName', 'hostNetwork', 'restartPolicy', 'priority', 'affinity', 'overhead']),
  ...listed('initContainers', spec?.initContainers?.map(bystanderContainer)),
  ...listed('containers', spec?.containers?.map(bystanderContainer)),
  ...listed(
    'volumes',
    spec?.volumes?.filter((volume) => volume.persistentVolumeClaim),
  ),
});

const bystanderContainer = (container: Container): Partial<Container> =>
  pick(container, ['name', 'image', 'restartPolicy', 'ports', 'resources', 'securityContext']);

const listed = (name: string, list: readonly unknown[] | undefined): object =>
  list && list.length > 0 ? { [name]: list } : {};
