/** Services that reach no pod: nothing selected, nothing ready, or a port that leads nowhere. */
import { nearestByLabels } from '../../../kube/nearestLabels.ts';
import { formatSelector } from '../../../kube/selector.ts';
import { DEFAULT_NAMESPACE, type Resource, type Workload } from '../../../kube/store.ts';
import type { Pod, Service } from '../../../kube/types.ts';
import type { Path } from '../../../path.ts';
import { conditionOf, isFinished, isReady } from '../../containers.ts';
import { endpointsOf, hasSelector, offeredPorts, targetPortOf } from '../../endpoints.ts';
import { describeCommand, fieldEvidence, kubectl, sourceOf } from '../../evidence.ts';
import { defineMode } from '../../mode.ts';
import type { Scene } from '../../scene.ts';
import { listOf } from '../name.ts';

/** What a Service that leads nowhere takes with it. */
const NO_ENDPOINTS = [
  'ingress-backend-no-endpoints',
  'probe-depends-on-remote',
  'admission-webhook-no-endpoints',
  'admission-webhook-unreachable',
];

const isProxied = ({ object: { spec } }: Resource<Service>): boolean => spec?.type !== 'ExternalName';

/** Templates that the selector matches although no pod carries it yet: their owner is the one to ask. */
const templatesFor = (scene: Scene, service: Resource<Service>): Workload[] =>
  scene.store
    .workloadsWithLabels(service.ref.namespace ?? DEFAULT_NAMESPACE, service.object.spec?.selector ?? {})
    .filter(({ ref }) => ref.kind !== 'Pod');

const commandsFor = ({ ref }: Resource<Service>): string[] => [
  ...describeCommand(ref),
  ...kubectl(ref.namespace, 'get', 'endpointslices', '-l', `kubernetes.io/service-name=${ref.name}`),
];

export const serviceSelectorNoMatch = defineMode({
  id: 'service-selector-no-match',
  step: 'service',
  severity: 'error',
  confidence: 'certain',
  case: 'service-selector-mismatch',
  explains: ['service-no-ready-endpoints', ...NO_ENDPOINTS],
  messages: {
    none: 'The selector {selector} of Service {service} is on no pod of namespace {namespace}.',
    near: 'The selector of Service {service} asks for {wanted}; the pods of {workload} have {has}.',
    lacks: 'The selector of Service {service} asks for {wanted}; the pods of {workload} have no label {key}.',
  },
  detect(scene, { report, notChecked }) {
    for (const service of scene.services) {
      if (!isProxied(service) || !hasSelector(service)) continue;
      const { namespace = DEFAULT_NAMESPACE, name } = service.ref;
      const { selected, ready } = endpointsOf(scene, service);
      if (selected.length > 0 || ready > 0 || templatesFor(scene, service).length > 0) continue;
      if (scene.gapOf('Pod', namespace)) {
        notChecked('Pod', 'Pod', namespace);
        continue;
      }
      const selector = service.object.spec?.selector ?? {};
      const near = nearestByLabels(
        selector,
        scene.store.workloads(namespace).filter(({ ref }) => ref.kind !== 'ReplicaSet' && ref.kind !== 'Job'),
        ({ ref, template }) => ({ labels: template.metadata?.labels, name: ref.name }),
        name,
      );
      const [difference] = near?.differences ?? [];
      const target = near && scene.store.get(near.target.ref);
      report(!difference ? 'none' : difference.has === undefined ? 'lacks' : 'near', service, {
        data: {
          service: name,
          namespace,
          selector: formatSelector(selector),
          key: difference?.key,
          wanted: difference && `${difference.key}=${difference.wanted}`,
          has: difference && `${difference.key}=${difference.has ?? ''}`,
          workload: target ? `${target.ref.kind} ${target.ref.name}` : '',
        },
        path: ['spec', 'selector', ...(difference ? [difference.key] : [])],
        evidence: [
          fieldEvidence(service, ['spec', 'selector']),
          ...(target && near
            ? [
                {
                  source: sourceOf(target.ref),
                  path: 'labels',
                  text: JSON.stringify(near.target.template.metadata?.labels ?? {}),
                },
              ]
            : []),
        ],
        ...(target ? { affects: [target] } : {}),
        commands: [...commandsFor(service), ...kubectl(namespace, 'get', 'pods', '--show-labels')],
      });
    }
  },
});

export const serviceAllBackendsTerminal = defineMode({
  id: 'service-all-backends-terminal',
  step: 'service',
  severity: 'error',
  confidence: 'certain',
  case: 'service-selector-mismatch',
  explains: ['service-no-ready-endpoints', ...NO_ENDPOINTS],
  messages: {
    finished:
      'Every pod that Service {service} selects is finished ({phases}), and finished pods get no traffic.',
  },
  detect(scene, { report }) {
    for (const service of scene.services) {
      if (!isProxied(service)) continue;
      const { selected } = endpointsOf(scene, service);
      if (selected.length === 0 || !selected.every(({ object }) => isFinished(object))) continue;
      // Failed pods of a controller have a reason of their own, and it will make new ones.
      if (
        templatesFor(scene, service).length > 0 &&
        selected.some(({ object }) => object.status?.phase === 'Failed')
      )
        continue;
      report('finished', service, {
        data: {
          service: service.ref.name,
          count: selected.length,
          phases: [...new Set(selected.map(({ object }) => object.status?.phase ?? ''))].join(', '),
        },
        path: ['spec', 'selector'],
        evidence: selected.slice(0, 2).map((pod) => fieldEvidence(pod, ['status', 'phase'])),
        affects: selected,
        commands: commandsFor(service),
      });
    }
  },
});

/** A sign that always has a reason of its own: the pods' or their owner's. */
export const serviceNoReadyEndpoints = defineMode({
  id: 'service-no-ready-endpoints',
  step: 'service',
  severity: 'error',
  confidence: 'certain',
  case: 'readiness-failing-no-ready-endpoints',
  symptom: true,
  explains: NO_ENDPOINTS,
  messages: {
    notReady: 'Service {service} has no ready endpoint: none of its {count} {count:pod|pods} is ready.',
    noPods: 'Service {service} has no endpoint: {workloads} has no pods.',
    finished:
      'Service {service} has no endpoint: its {count} {count:pod is|pods are} finished, and finished pods get no traffic.',
    stale:
      'Service {service} has no ready endpoint although {ready} of its {count} {count:pod is|pods are} ready.',
  },
  detect(scene, { report, notChecked }) {
    for (const service of scene.services) {
      if (!isProxied(service) || !hasSelector(service)) continue;
      const state = endpointsOf(scene, service);
      if (!state.fromSlices) notChecked('EndpointSlice', 'EndpointSlice', service.ref.namespace);
      if (state.ready > 0) continue;
      const templates = templatesFor(scene, service);
      const pods = state.selected.filter(({ object }) => !isFinished(object));
      if (pods.length === 0 && templates.length === 0) continue;
      const owners = templates.flatMap(({ ref }) => scene.store.get(ref) ?? []);
      const tops = owners.filter((owner) => scene.ownersOf(owner).length === 0);
      const ready = pods.filter(({ object }) => isReady(object) && !object.metadata.deletionTimestamp).length;
      if (ready > 0 && isSettling(scene, service, pods)) continue;
      const finished = state.selected.length - pods.length;
      const message = pods.length > 0 ? 'notReady' : finished > 0 ? 'finished' : 'noPods';
      report(ready > 0 ? 'stale' : message, service, {
        data: {
          service: service.ref.name,
          count: pods.length || finished,
          ready,
          workloads: listOf(tops.map(({ ref }) => `${ref.kind} ${ref.name}`)),
        },
        evidence: [
          ...state.slices.slice(0, 2).map((slice) => fieldEvidence(slice, ['endpoints'])),
          ...pods.slice(0, 3).map((pod) => ({
            source: sourceOf(pod.ref),
            path: 'status.conditions[Ready]',
            text: [
              conditionOf(pod.object, 'Ready')?.status ?? 'False',
              conditionOf(pod.object, 'Ready')?.message,
            ]
              .filter(Boolean)
              .join(' '),
          })),
          ...(pods.length === 0
            ? owners.slice(0, 1).map((owner) => fieldEvidence(owner, ['spec', 'replicas']))
            : []),
        ],
        affects: [...pods, ...owners],
        commands: commandsFor(service),
      });
    }
  },
});

const SETTLING = 15_000;

/** Slices follow pods within seconds, and the two are not read in the same moment. */
const isSettling = (scene: Scene, { object }: Resource<Service>, pods: readonly Resource<Pod>[]): boolean =>
  scene.now - (Date.parse(object.metadata.creationTimestamp ?? '') || 0) < SETTLING ||
  pods.some(
    (pod) =>
      isReady(pod.object) &&
      scene.now - (Date.parse(conditionOf(pod.object, 'Ready')?.lastTransitionTime ?? '') || 0) < SETTLING,
  );

export const serviceNamedTargetPortUnresolved = defineMode({
  id: 'service-named-target-port-unresolved',
  step: 'service',
  severity: 'error',
  confidence: 'certain',
  case: 'targetport-mismatch',
  explains: NO_ENDPOINTS,
  messages: {
    none: 'Port name {port} of Service {service} is on none of the {count} selected {count:pod|pods}; {count:it offers|they offer} {offers}.',
    noneAtAll:
      'Port name {port} of Service {service} is on none of the {count} selected {count:pod|pods}: no container there names a port.',
    some: 'Port name {port} of Service {service} is on {found} of the {count} selected pods; the others get no traffic and offer {offers}.',
    someAtAll:
      'Port name {port} of Service {service} is on {found} of the {count} selected pods; the others get no traffic, and no container of theirs names a port.',
    protocol:
      'Port name {port} of Service {service} stands for {protocol}; the pods give that name to another protocol.',
  },
  detect(scene, { report }) {
    for (const service of scene.services) {
      if (!isProxied(service)) continue;
      const pods = endpointsOf(scene, service).selected.filter(
        ({ object }) => !isFinished(object) && !object.metadata.deletionTimestamp,
      );
      if (pods.length === 0) continue;
      for (const [at, port] of (service.object.spec?.ports ?? []).entries()) {
        if (typeof port.targetPort !== 'string') continue;
        const without = pods.filter((pod) => targetPortOf(pod, port) === undefined);
        if (without.length === 0) continue;
        const otherProtocol = without.some((pod) =>
          ['TCP', 'UDP', 'SCTP'].some((protocol) => targetPortOf(pod, { ...port, protocol }) !== undefined),
        );
        const slices = endpointsOf(scene, service).slices.filter(
          ({ object }) => (object.ports ?? []).length === 0,
        );
        const offers = offeredPorts(without);
        const extent = without.length === pods.length ? 'none' : 'some';
        report(otherProtocol ? 'protocol' : offers ? extent : `${extent}AtAll`, service, {
          data: {
            service: service.ref.name,
            port: port.targetPort,
            protocol: port.protocol ?? 'TCP',
            count: pods.length,
            found: pods.length - without.length,
            offers,
          },
          path: ['spec', 'ports', at, 'targetPort'],
          evidence: [
            fieldEvidence(service, ['spec', 'ports', at]),
            ...slices.slice(0, 1).map((slice) => fieldEvidence(slice, ['ports'])),
            ...without.slice(0, 1).map((pod) => fieldEvidence(pod, containerPorts(pod))),
          ],
          affects: without,
          commands: commandsFor(service),
        });
      }
    }
  },
});

const containerPorts = ({ object }: Resource): Path => {
  const containers = (object as { spec?: { containers?: { ports?: unknown }[] } }).spec?.containers ?? [];
  const at = containers.findIndex(({ ports }) => ports !== undefined);
  return ['spec', 'containers', Math.max(at, 0), 'ports'];
};

export const serviceSelectorlessNoEndpoints = defineMode({
  id: 'service-selectorless-no-endpoints',
  step: 'service',
  severity: 'error',
  confidence: 'certain',
  case: 'service-without-selector',
  explains: NO_ENDPOINTS,
  messages: { none: 'Service {service} has no selector, and nobody has given it an EndpointSlice.' },
  detect(scene, { report }) {
    for (const service of scene.services) {
      if (!isProxied(service) || hasSelector(service)) continue;
      const { slices, fromSlices } = endpointsOf(scene, service);
      if (
        scene.gapOf('EndpointSlice', service.ref.namespace) ||
        !(fromSlices || scene.store.has('EndpointSlice'))
      )
        continue;
      if (slices.some(({ object }) => (object.endpoints ?? []).length > 0)) continue;
      report('none', service, {
        data: { service: service.ref.name },
        path: ['spec'],
        evidence: [fieldEvidence(service, ['spec'])],
        commands: commandsFor(service),
      });
    }
  },
});
