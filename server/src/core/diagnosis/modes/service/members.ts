/** Members of StatefulSets that are asked for by name: no Service gives them names, or DNS keeps them back. */
import type { Resource } from '../../../kube/store.ts';
import type { Pod, Service, WorkloadObject } from '../../../kube/types.ts';
import { isReady } from '../../containers.ts';
import { topOwner } from '../../declared.ts';
import type { FailedCall } from '../../dependencies.ts';
import { selectedPods } from '../../endpoints.ts';
import { fieldEvidence, kubectl, logEvidence } from '../../evidence.ts';
import { defineMode } from '../../mode.ts';
import type { Scene } from '../../scene.ts';
import { callsInScene, WAITS } from './remote.ts';

/** A member that somebody looked up in vain. */
interface Asked {
  call: FailedCall;
  set: Resource<WorkloadObject>;
  /** Its name; the pod itself need not be there. */
  name: string;
}

/** `db-0.db`, as it is or with more behind it, where StatefulSet `db` names Service `db`. */
function askedMembers(scene: Scene): Asked[] {
  return callsInScene(scene).flatMap((call): Asked[] => {
    const { error, fact } = call;
    const [, name = '', owner = '', service, namespace = fact.pod.ref.namespace] =
      /^((.+)-\d+)\.([^.]+)(?:\.([^.]+))?/.exec(error.host ?? '') ?? [];
    const set = scene.find<WorkloadObject>('StatefulSet', namespace, owner);
    if (error.symptom !== 'unresolved' || set?.object.spec?.serviceName !== service) return [];
    return set ? [{ call, set, name }] : [];
  });
}

const callEvidence = ({ call: { fact, error, previous } }: Asked) =>
  logEvidence(fact.pod, fact.name, previous, error.line);

export const statefulSetMissingService = defineMode({
  id: 'statefulset-missing-service',
  step: 'dns',
  severity: 'error',
  confidence: 'certain',
  case: 'statefulset-headless-dns',
  explains: WAITS,
  messages: {
    missing:
      'serviceName {service} of StatefulSet {name} names no Service: its pods have no DNS names of their own.',
  },
  detect(scene, { report }) {
    const asked = askedMembers(scene);
    const sets = scene.owners.filter(({ ref }) => ref.kind === 'StatefulSet') as Resource<WorkloadObject>[];
    for (const set of new Set([...sets, ...asked.map((member) => member.set)])) {
      const { namespace, name } = set.ref;
      const service = set.object.spec?.serviceName;
      // A Service with a cluster address does as well: CoreDNS answers for every endpoint that has a host name.
      if (!service || scene.gapOf('Service', namespace) || scene.find('Service', namespace, service))
        continue;
      const missed = asked.filter((member) => member.set === set);
      report('missing', set, {
        data: { service, name },
        path: ['spec', 'serviceName'],
        // The pods run all the same: it matters to whoever asks for one of them by name.
        ...(missed.length > 0 ? {} : { severity: 'info' as const, confidence: 'hint' as const }),
        affects: missed.map(({ call }) => call.fact.pod),
        evidence: [...missed.slice(0, 1).map(callEvidence), fieldEvidence(set, ['spec', 'serviceName'])],
        commands: kubectl(namespace, 'get', 'services'),
      });
    }
  },
});

/** Each waits until DNS knows another one, and DNS waits until that one is ready. */
export const statefulSetMembersUnpublished = defineMode({
  id: 'statefulset-members-unpublished',
  step: 'dns',
  severity: 'error',
  confidence: 'certain',
  case: 'statefulset-headless-dns',
  explains: [...WAITS, 'service-no-ready-endpoints', 'statefulset-ordinal-blocked'],
  messages: {
    circle:
      'The pods of StatefulSet {name} look for each other before they are ready, and Service {service} gives only ready ones a name: {pod} is not found.',
  },
  detect(scene, { report }) {
    for (const member of askedMembers(scene)) {
      const { call, set, name } = member;
      const { namespace } = set.ref;
      const service = scene.find<Service>('Service', namespace, set.object.spec?.serviceName ?? '');
      const pod = scene.find<Pod>('Pod', namespace, name);
      // A client of another workload waits for what keeps the member from being ready.
      if (!service || !pod || topOwner(scene, call.fact.pod) !== set) continue;
      if (service.object.spec?.publishNotReadyAddresses || isReady(pod.object)) continue;
      if (isReady(call.fact.pod.object) || !selectedPods(scene, service).includes(pod)) continue;
      report('circle', service, {
        data: { name: set.ref.name, service: service.ref.name, pod: name },
        path: ['spec', 'publishNotReadyAddresses'],
        affects: [call.fact.pod, pod, set],
        evidence: [
          callEvidence(member),
          fieldEvidence(pod, ['status', 'conditions']),
          fieldEvidence(service, ['spec', 'publishNotReadyAddresses']),
        ],
        commands: kubectl(namespace, 'get', 'endpointslices', '-o', 'yaml'),
      });
    }
  },
});
