/** Pods whose sandbox is not made: the network plugin's and the runtime's own words. */
import type { Resource } from '../../../kube/store.ts';
import type { Event, Pod } from '../../../kube/types.ts';
import { factsOf, livePods, remember } from '../../containers.ts';
import { topOwner } from '../../declared.ts';
import { eventEvidence, messageOf } from '../../eventFacts.ts';
import { describeCommand, kubectl } from '../../evidence.ts';
import { defineMode, type FailureMode } from '../../mode.ts';
import type { Scene } from '../../scene.ts';
import { nameOf } from '../name.ts';

interface Row {
  id: string;
  case: string;
  pattern: RegExp;
  message: string;
  /** Whose fault it is: the node's set-up, or the pod's own spec. */
  guilty: 'node' | 'pod';
  symptom?: boolean;
}

/** First match wins; the last row is the sign without a known cause. */
const ROWS: readonly Row[] = [
  {
    id: 'cni-binary-missing',
    case: 'cni-not-initialized',
    pattern: /failed to find plugin "(?<plugin>[^"]+)" in path/,
    message: 'Node {node} lacks network plugin {plugin}, so no pod gets its sandbox there.',
    guilty: 'node',
  },
  {
    id: 'cni-ipam-exhausted',
    case: 'host-local-ip-leak',
    pattern:
      /(?<reason>no IP addresses available in range set[^\n]*|range is full[^\n]*|Assigned 0 out of 1 requested IPv4 addresses[^\n]*|cannot find a qualified ippool[^\n]*|failed to assign an IP address to container[^\n]*)/,
    message: 'Node {node} has no pod address left: {reason}.',
    guilty: 'node',
  },
  {
    id: 'cni-bridge-address-conflict',
    case: 'pod-sandbox-create-failed',
    pattern:
      /failed to set bridge addr: "(?<bridge>[^"]+)" already has an IP address different from (?<reason>\S+)/,
    message:
      'Bridge {bridge} of node {node} keeps an address of another pod range than {reason}; no pod gets its sandbox.',
    guilty: 'node',
  },
  {
    id: 'calico-nodename-missing',
    case: 'cni-not-initialized',
    pattern: /stat \/var\/lib\/calico\/nodename: no such file or directory/,
    message: 'calico-node has not set up node {node}: its node name file is missing.',
    guilty: 'node',
  },
  {
    id: 'calico-unauthorized',
    case: 'cni-not-initialized',
    pattern: /error getting ClusterInformation: connection is unauthorized/,
    message: 'The Calico plugin of node {node} is refused by the API server; its token is stale.',
    guilty: 'node',
  },
  {
    id: 'calico-datastore-not-ready',
    case: 'cni-not-initialized',
    pattern: /Calico is currently not ready to process requests/,
    message: 'Calico takes no requests on node {node}: its datastore is locked (datastoreReady is false).',
    guilty: 'node',
  },
  {
    id: 'flannel-subnet-env-missing',
    case: 'flannel-lease-or-iface',
    pattern: /loadFlannelSubnetEnv failed/,
    message: 'flanneld has not set up node {node}: /run/flannel/subnet.env is missing.',
    guilty: 'node',
  },
  {
    id: 'cilium-agent-not-running',
    case: 'cilium-endpoint-regeneration',
    pattern: /unable to connect to Cilium agent/,
    message: 'The Cilium agent of node {node} does not answer its network plugin.',
    guilty: 'node',
  },
  {
    id: 'runtime-handler-missing',
    case: 'admission-reference-missing',
    pattern:
      /no runtime for "(?<handler>[^"]+)" is configured|failed to find runtime handler "?(?<other>[^"\s]+)/,
    message: 'Node {node} has no runtime handler {handler}, which the RuntimeClass of {workload} asks for.',
    guilty: 'pod',
  },
  {
    id: 'sandbox-image-pull-failed',
    case: 'registry-unreachable',
    pattern: /failed to get sandbox image "(?<image>[^"]+)"/,
    message: 'Node {node} cannot get the sandbox image {image}, so no pod starts there.',
    guilty: 'node',
  },
  {
    id: 'cni-not-initialized',
    case: 'cni-not-initialized',
    pattern: /cni plugin not initialized|cni config uninitialized/,
    message: 'The network plugin of node {node} is not set up, so no pod gets its sandbox there.',
    guilty: 'node',
  },
  {
    id: 'pod-sandbox-create-failed',
    case: 'pod-sandbox-create-failed',
    pattern: /(?<reason>[\s\S]*)/,
    message: 'The sandbox of {workload} cannot be made on node {node}: {reason}.',
    guilty: 'pod',
  },
];

/** Pods none of whose containers has ever been made, and the newest complaint about their sandbox. */
function failures(scene: Scene): { pod: Resource<Pod>; event: Event; row: Row | undefined }[] {
  return remember(scene, 'sandboxErrors', () =>
    livePods(scene).flatMap((pod) => {
      const isWaiting = factsOf(pod).every(
        ({ status, waiting }) => !status || waiting === 'ContainerCreating' || waiting === 'PodInitializing',
      );
      if (!pod.object.spec?.nodeName || !isWaiting) return [];
      const events = scene.eventsOf(pod);
      const event = events.find(
        ({ reason }) => reason === 'FailedCreatePodSandBox' || reason === 'NetworkNotReady',
      );
      // A sandbox that was made later is told by what came after it.
      const newer = events.find(
        ({ reason }) => reason === 'Pulling' || reason === 'Pulled' || reason === 'Created',
      );
      if (!event || (newer && events.indexOf(newer) < events.indexOf(event))) return [];
      return [{ pod, event, row: ROWS.find(({ pattern }) => pattern.test(messageOf(event))) }];
    }),
  );
}

const modeOf = (row: Row): FailureMode =>
  defineMode({
    id: row.id,
    step: 'sandbox',
    severity: 'error',
    confidence: 'certain',
    case: row.case,
    messages: { failed: row.message },
    detect(scene, { report }) {
      for (const { pod, event, row: matched } of failures(scene)) {
        if (matched !== row) continue;
        const name = pod.object.spec?.nodeName ?? '';
        const node = scene.find('Node', undefined, name);
        const groups = row.pattern.exec(messageOf(event))?.groups ?? {};
        report('failed', row.guilty === 'node' && node ? node : topOwner(scene, pod), {
          data: {
            node: name,
            workload: nameOf(topOwner(scene, pod)),
            ...groups,
            ...(groups.other ? { handler: groups.other } : {}),
            ...(groups.reason
              ? {
                  reason: groups.reason
                    .trim()
                    .replace(/^Failed to create pod sandbox: /, '')
                    .replace(/\.$/, '')
                    .slice(0, 300),
                }
              : {}),
          },
          evidence: [eventEvidence(event)],
          affects: [pod],
          commands: [...describeCommand(pod.ref), ...kubectl('kube-system', 'get', 'pods', '-o', 'wide')],
        });
      }
    },
  });

const MODES = ROWS.map(modeOf);
const isNodeCondition = ({ id }: FailureMode): boolean => id === 'cni-not-initialized';

/** One mode for each cause; `cni-not-initialized` also shows as a node condition: see cniNotInitialized.ts. */
export const sandboxModes: readonly FailureMode[] = MODES.filter((mode) => !isNodeCondition(mode));
export const cniAtSandbox: readonly FailureMode[] = MODES.filter(isNodeCondition);
