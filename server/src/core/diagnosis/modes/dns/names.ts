/** Names that an application looks up in vain: no such Service, another namespace, or a resolver that knows no cluster. */
import type { Resource } from '../../../kube/store.ts';
import { DEFAULT_NAMESPACE } from '../../../kube/store.ts';
import type { Pod } from '../../../kube/types.ts';
import { nearest } from '../../../nearest.ts';
import { activeContainers, isStruggling, livePods } from '../../containers.ts';
import { declared, topOwner } from '../../declared.ts';
import { type FailedCall, hostReferences, resolveHost } from '../../dependencies.ts';
import { fieldEvidence, kubectl, logCommand, logEvidence } from '../../evidence.ts';
import { defineMode } from '../../mode.ts';
import type { Scene } from '../../scene.ts';
import { listOf, nameOf } from '../name.ts';
import { callsInScene, WAITS } from '../service/remote.ts';

interface Missing {
  pod: Resource<Pod>;
  host: string;
  name: string;
  namespace: string;
  call?: FailedCall;
  reference?: ReturnType<typeof hostReferences>[number];
}

/** Hosts that are looked up in vain: by the log's own words, or written as a cluster name in a pod that does not work. */
function missingNames(scene: Scene): Missing[] {
  const found = new Map<string, Missing>();
  const add = (missing: Missing): void => {
    const key = `${missing.pod.ref.name}|${missing.host}`;
    if (!found.has(key)) found.set(key, missing);
  };
  for (const call of callsInScene(scene)) {
    const { fact, error, resolution } = call;
    if (error.symptom !== 'unresolved' || !error.host || resolution.kind !== 'missing') continue;
    if (isLocal(fact.pod, error.host) || scene.gapOf('Service', resolution.namespace)) continue;
    const reference = hostReferences(fact).find(({ host }) => host === error.host);
    add({
      pod: fact.pod,
      host: error.host,
      name: resolution.name,
      namespace: resolution.namespace,
      call,
      ...(reference ? { reference } : {}),
    });
  }
  for (const pod of livePods(scene)) {
    if (!isStruggling(pod, scene.now)) continue;
    const own = pod.ref.namespace ?? DEFAULT_NAMESPACE;
    for (const fact of activeContainers(pod))
      for (const reference of hostReferences(fact)) {
        if (!/\.svc(\.|$)/.test(reference.host)) continue;
        const resolution = resolveHost(scene, own, reference.host);
        if (resolution.kind !== 'missing' || !wasRead(scene, resolution.namespace)) continue;
        add({ pod, host: reference.host, name: resolution.name, namespace: resolution.namespace, reference });
      }
  }
  return [...found.values()];
}

/** Without the resolver's word, a Service is only missing where the Services of its namespace were read. */
const wasRead = (scene: Scene, namespace: string): boolean =>
  !scene.gapOf('Service', namespace) &&
  (namespace === scene.subject.namespace ||
    scene.store.has('Service', namespace) ||
    (scene.store.has('Namespace') && isAbsent(scene, namespace)));

const isAbsent = (scene: Scene, namespace: string): boolean =>
  !scene.find('Namespace', undefined, namespace) && !scene.gapOf('Namespace', undefined, namespace);

const isLocal = (pod: Resource<Pod>, host: string): boolean =>
  host === 'localhost' ||
  host === pod.ref.name ||
  (pod.object.spec?.hostAliases ?? []).some(({ hostnames }) => hostnames?.includes(host));

/** True for pods that ask the cluster's DNS, by their dnsPolicy. */
export const usesClusterDns = ({ object: { spec } }: Resource<Pod>): boolean =>
  spec?.dnsPolicy === 'ClusterFirstWithHostNet' ||
  (!spec?.hostNetwork && (spec?.dnsPolicy ?? 'ClusterFirst') === 'ClusterFirst');

const elsewhere = (scene: Scene, { name, namespace }: Missing): string[] =>
  scene.store
    .list('Service')
    .filter(({ ref }) => ref.name === name && ref.namespace !== namespace)
    .map(({ ref }) => ref.namespace ?? '')
    .sort();

type Kind = 'cross-namespace-short-name' | 'service-missing' | 'wrong-service-fqdn';

const kindOf = (scene: Scene, missing: Missing): Kind => {
  if (!missing.host.includes('.'))
    return elsewhere(scene, missing).length > 0 ? 'cross-namespace-short-name' : 'service-missing';
  return 'wrong-service-fqdn';
};

const nameMode = (id: Kind, messages: Record<string, string>) =>
  defineMode({
    id,
    step: 'dns',
    severity: 'error',
    confidence: 'certain',
    case: 'service-missing',
    explains: WAITS,
    messages,
    detect(scene, { report }) {
      for (const missing of missingNames(scene)) {
        const { pod, call, reference, host, name, namespace } = missing;
        if (!usesClusterDns(pod) || kindOf(scene, missing) !== id) continue;
        const place = reference ? declared(scene, pod, reference.path) : { guilty: topOwner(scene, pod) };
        const others = elsewhere(scene, missing);
        const near = nearest(
          name,
          scene.store.list('Service', namespace).map(({ ref }) => ref.name),
        );
        const message =
          others.length > 0
            ? 'elsewhere'
            : near
              ? 'near'
              : scene.store.has('Namespace') && isAbsent(scene, namespace)
                ? 'namespace'
                : 'missing';
        report(message in messages ? message : 'missing', place.guilty, {
          data: {
            workload: nameOf(topOwner(scene, pod)),
            host,
            name,
            namespace,
            near,
            elsewhere: listOf(others, 3),
          },
          ...('path' in place ? { path: place.path } : {}),
          ...(call ? {} : { confidence: 'likely' as const }),
          evidence: [
            ...(call ? [logEvidence(pod, call.fact.name, call.previous, call.error.line)] : []),
            ...(reference ? [fieldEvidence(pod, reference.path)] : []),
          ],
          affects: [pod],
          commands: [...(call ? logCommand(call.fact) : []), ...kubectl(namespace, 'get', 'services')],
        });
      }
    },
  });

export const serviceMissing = nameMode('service-missing', {
  missing: '{workload} asks for {host}, and there is no Service of that name in namespace {namespace}.',
  near: '{workload} asks for {host}, and there is no Service of that name in namespace {namespace}; there is {near}.',
});

export const crossNamespaceShortName = nameMode('cross-namespace-short-name', {
  elsewhere:
    '{workload} asks for {host}, which means namespace {namespace}; Service {name} is in {elsewhere}.',
});

export const wrongServiceFqdn = nameMode('wrong-service-fqdn', {
  missing: '{workload} asks for {host}; namespace {namespace} has no Service {name}.',
  near: '{workload} asks for {host}; namespace {namespace} has no Service {name}, it has {near}.',
  namespace: '{workload} asks for {host}; there is no namespace {namespace}.',
  elsewhere:
    '{workload} asks for {host}; namespace {namespace} has no Service {name}, that is in {elsewhere}.',
});

/** Pods whose resolver is the node's look cluster names up in vain. */
const resolverMode = (
  id: 'dns-hostnetwork-clusterfirst' | 'dns-policy-default-no-cluster-names',
  fits: (pod: Pod) => boolean,
  message: string,
) =>
  defineMode({
    id,
    step: 'dns',
    severity: 'error',
    confidence: 'certain',
    case: 'host-network-dns',
    explains: WAITS,
    messages: { node: message },
    detect(scene, { report }) {
      for (const { fact, error, resolution, previous } of callsInScene(scene)) {
        if (error.symptom !== 'unresolved' && error.symptom !== 'lookup-failed') continue;
        if (!error.host || resolution.kind !== 'service' || !fits(fact.pod.object)) continue;
        const { guilty, path } = declared(scene, fact.pod, ['spec', 'dnsPolicy']);
        report('node', guilty, {
          data: {
            workload: nameOf(topOwner(scene, fact.pod)),
            host: error.host,
            policy: fact.pod.object.spec?.dnsPolicy ?? 'ClusterFirst',
          },
          path,
          evidence: [
            logEvidence(fact.pod, fact.name, previous, error.line),
            fieldEvidence(fact.pod, ['spec', 'dnsPolicy']),
            ...(fact.pod.object.spec?.hostNetwork ? [fieldEvidence(fact.pod, ['spec', 'hostNetwork'])] : []),
          ],
          affects: [fact.pod],
          commands: logCommand(fact),
        });
      }
    },
  });

export const dnsHostNetworkClusterFirst = resolverMode(
  'dns-hostnetwork-clusterfirst',
  ({ spec }) => spec?.hostNetwork === true && (spec.dnsPolicy ?? 'ClusterFirst') === 'ClusterFirst',
  "{workload} is on the host network with dnsPolicy ClusterFirst and asks the node's resolver, which does not know {host}.",
);

export const dnsPolicyDefault = resolverMode(
  'dns-policy-default-no-cluster-names',
  ({ spec }) => spec?.dnsPolicy === 'Default',
  "{workload} has dnsPolicy Default and asks the node's resolver, which does not know {host}.",
);
