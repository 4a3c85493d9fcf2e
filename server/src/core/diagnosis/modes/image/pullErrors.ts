/** Images that cannot be pulled: one table of the runtime's and the registry's words. */
import type { Evidence, MessageData } from '../../../finding.ts';
import { splitImage } from '../../../kube/image.ts';
import type { KubeNode } from '../../../kube/types.ts';
import { type ContainerFact, containersInScene, remember } from '../../containers.ts';
import { declared, topOwner } from '../../declared.ts';
import { eventEvidence, messageOf } from '../../eventFacts.ts';
import { describeCommand, fieldEvidence, kubectl, waitingEvidence } from '../../evidence.ts';
import { nodeFsEvidence } from '../../kubeletFacts.ts';
import { defineMode, type FailureMode } from '../../mode.ts';
import type { Scene } from '../../scene.ts';
import { nameOf } from '../name.ts';

const PULL_REASONS = new Set([
  'ErrImagePull',
  'ImagePullBackOff',
  'InvalidImageName',
  'ErrImageNeverPull',
  'RegistryUnavailable',
  'SignatureValidationFailed',
  'ImageInspectError',
]);

interface PullFailure {
  fact: ContainerFact;
  text: string;
  evidence: Evidence[];
  row: Row | undefined;
}

interface Row {
  id: string;
  case: string;
  /** What the text says; rows without one are decided by `when`. */
  pattern: RegExp;
  confidence: 'certain' | 'likely';
  message: string;
  /** Another sentence, and when it says more. */
  variant?: { message: string; when(failure: PullFailure, scene: Scene): boolean };
  data?(failure: PullFailure, groups: Record<string, string | undefined>, scene: Scene): MessageData;
  evidence?(failure: PullFailure, scene: Scene): Evidence[];
}

const nodeOf = ({ fact }: PullFailure, scene: Scene) =>
  scene.find<KubeNode>('Node', undefined, fact.pod.object.spec?.nodeName ?? '');

const pullSecrets = ({ fact }: PullFailure, scene: Scene): string => {
  const account = scene.find(
    'ServiceAccount',
    fact.pod.ref.namespace,
    fact.pod.object.spec?.serviceAccountName ?? 'default',
  );
  const own = fact.pod.object.spec?.imagePullSecrets ?? [];
  const inherited =
    (account?.object as { imagePullSecrets?: { name?: string }[] } | undefined)?.imagePullSecrets ?? [];
  return [...own, ...inherited].map(({ name }) => name ?? '').join(', ');
};

/** First match wins. containerd 2.2 and older, CRI-O; registry bodies differ, so their codes count. */
const ROWS: readonly Row[] = [
  {
    id: 'image-name-invalid',
    case: 'image-reference-invalid',
    confidence: 'certain',
    pattern: /InvalidImageName|invalid reference format|couldn't parse image (?:name|reference)/,
    message: 'Image {image} of container {container} in {workload} is no valid reference: {reason}.',
    data: ({ text }) => ({
      reason: /invalid reference format[^\n]*/.exec(text)?.[0] ?? 'invalid reference format',
    }),
  },
  {
    id: 'image-never-pull-absent',
    case: 'image-not-found',
    confidence: 'certain',
    pattern: /ErrImageNeverPull|is not present with pull policy of Never/,
    message:
      'Image {image} is not on node {node} and imagePullPolicy Never keeps container {container} of {workload} from pulling it.',
  },
  {
    id: 'registry-rate-limited',
    case: 'image-pull-auth-or-rate-limit',
    confidence: 'certain',
    pattern: /toomanyrequests|429 Too Many Requests|rate limit/i,
    message: 'Registry {registry} answers 429 for image {image} of {workload}: its pull limit is used up.',
  },
  {
    id: 'image-pull-qps-exceeded',
    case: 'image-pull-auth-or-rate-limit',
    confidence: 'certain',
    pattern: /pull QPS exceeded/,
    message:
      'The kubelet of node {node} pulls no more images for now (registryPullQPS); image {image} of {workload} waits.',
  },
  {
    id: 'registry-tls-untrusted',
    case: 'registry-tls-untrusted',
    confidence: 'certain',
    pattern:
      /(?<reason>x509: [^\n]*|http: server gave HTTP response to HTTPS client|tls: first record does not look like a TLS handshake|tls: failed to verify certificate[^\n]*)/,
    message: 'Node {node} does not trust registry {registry} for image {image} of {workload}: {reason}.',
    data: (_, { reason }) => ({ reason }),
  },
  {
    id: 'registry-dns-failure',
    case: 'registry-unreachable',
    confidence: 'certain',
    pattern: /dial (?:tcp|udp)[^\n]*lookup (?<host>[^\s:]+)(?: on \S+)?: (?<reason>[^\n]*)/,
    message:
      "Node {node}'s own resolver does not find registry {host} for image {image} of {workload}: {reason}.",
    data: (_, { host, reason = '' }) => ({ host, reason: reason.trim().replace(/\.$/, '') }),
  },
  {
    id: 'image-platform-mismatch',
    case: 'image-platform-mismatch',
    confidence: 'certain',
    pattern: /no match for platform in manifest|no matching manifest for/,
    message:
      'Image {image} of {workload} has no variant for the architecture of node {node} ({architecture}).',
    data: (failure, _, scene) => ({
      architecture: nodeOf(failure, scene)?.object.status?.nodeInfo?.architecture ?? '?',
    }),
    evidence: (failure, scene) => {
      const node = nodeOf(failure, scene);
      return node ? [fieldEvidence(node, ['status', 'nodeInfo', 'architecture'])] : [];
    },
  },
  {
    id: 'image-unpack-disk-full',
    case: 'disk-full',
    confidence: 'certain',
    pattern: /no space left on device/,
    message: 'Node {node} has no room to unpack image {image} of {workload}.',
    evidence: ({ fact }, scene) => nodeFsEvidence(scene, fact.pod.object.spec?.nodeName ?? ''),
  },
  {
    id: 'image-pull-unauthorized',
    case: 'image-pull-auth-or-rate-limit',
    confidence: 'likely',
    pattern:
      /pull access denied|authorization failed|no basic auth credentials|401 Unauthorized|403 Forbidden|insufficient_scope|unauthorized/i,
    message: 'Registry {registry} refuses image {image} of {workload}; pull secrets given: {secrets}.',
    variant: {
      message: 'Registry {registry} refuses image {image} of {workload}, which comes without a pull secret.',
      when: (failure, scene) => pullSecrets(failure, scene) === '',
    },
    data: (failure, _, scene) => ({ secrets: pullSecrets(failure, scene) }),
  },
  {
    id: 'image-not-found',
    case: 'image-not-found',
    confidence: 'certain',
    pattern: /not found|manifest unknown|NotFound|name unknown|does not exist/i,
    message: 'Image {image} of container {container} in {workload} does not exist in registry {registry}.',
  },
  {
    id: 'registry-unreachable',
    case: 'registry-unreachable',
    confidence: 'likely',
    pattern:
      /(?<reason>dial tcp [^\n]*|connection refused|no route to host|i\/o timeout|TLS handshake timeout|context deadline exceeded|unexpected EOF|: EOF|RegistryUnavailable|5\d\d [A-Z][a-z][^\n]*)/,
    message: 'Node {node} cannot reach registry {registry} for image {image} of {workload}: {reason}.',
    variant: {
      message:
        'Image {image} of {workload} is named after registry {registry}, which on node {node} is the node itself and does not answer: {reason}.',
      when: ({ fact }) => /^(?:localhost|127\.\d+\.\d+\.\d+)[:/]/.test(fact.spec.image ?? ''),
    },
    data: (_, { reason = '' }) => ({ reason: reason.replace(/^: /, '') }),
  },
];

/** Containers that wait for their image, with the most telling text: waiting.message keeps the first error. */
function pullFailures(scene: Scene): PullFailure[] {
  return remember(scene, 'pullFailures', () =>
    containersInScene(scene)
      .filter(({ waiting }) => PULL_REASONS.has(waiting))
      .map((fact) => {
        const events = scene
          .eventsOf(fact.pod)
          .filter(
            (event) =>
              (event.reason === 'Failed' ||
                event.reason === 'InspectFailed' ||
                event.reason === 'ErrImageNeverPull') &&
              messageOf(event).includes(fact.spec.image ?? '\0'),
          );
        const text = [fact.waiting, fact.waitingMessage, ...events.slice(0, 3).map(messageOf)].join('\n');
        const own = `${fact.waiting}\n${fact.waitingMessage}`;
        // The status is of now, the events of the last hour: they count when the status names no cause.
        const row =
          ROWS.find(({ pattern }) => pattern.test(own)) ?? ROWS.find(({ pattern }) => pattern.test(text));
        const cause = events.find((event) => row?.pattern.test(messageOf(event))) ?? events[0];
        return {
          fact,
          text: row?.pattern.test(own) ? own : text,
          evidence: [...(cause ? [eventEvidence(cause)] : []), ...waitingEvidence(fact)],
          row,
        };
      }),
  );
}

const modeOf = (row: Row): FailureMode =>
  defineMode({
    id: row.id,
    step: 'image',
    severity: 'error',
    confidence: row.confidence,
    case: row.case,
    messages: { failed: row.message, variant: row.variant?.message ?? row.message },
    detect(scene, { report }) {
      for (const failure of pullFailures(scene)) {
        if (failure.row !== row) continue;
        const { fact } = failure;
        const image = fact.spec.image ?? '';
        const { guilty, path } = declared(scene, fact.pod, [...fact.path, 'image']);
        report(row.variant?.when(failure, scene) ? 'variant' : 'failed', guilty, {
          data: {
            image,
            container: fact.name,
            workload: nameOf(topOwner(scene, fact.pod)),
            node: fact.pod.object.spec?.nodeName,
            registry: splitImage(image).registry ?? 'docker.io',
            ...row.data?.(failure, row.pattern.exec(failure.text)?.groups ?? {}, scene),
          },
          path,
          evidence: [...failure.evidence, ...(row.evidence?.(failure, scene) ?? [])],
          affects: [fact.pod],
          commands: describeCommand(fact.pod.ref),
        });
      }
    },
  });

/** imagePullSecrets that name Secrets which are not there: the reason behind a refusal, harmless while the pull works. */
const pullSecretMissing = defineMode({
  id: 'image-pull-secret-missing',
  step: 'image',
  severity: 'error',
  confidence: 'certain',
  case: 'image-pull-auth-or-rate-limit',
  explains: ['image-pull-unauthorized', 'image-not-found', 'registry-rate-limited'],
  messages: {
    missing:
      'Pull secret {secrets} of {workload} does not exist in namespace {namespace}; image {image} is pulled without credentials and refused.',
  },
  detect(scene, { report }) {
    for (const { fact, row } of pullFailures(scene)) {
      if (!row || !['image-pull-unauthorized', 'image-not-found', 'registry-rate-limited'].includes(row.id))
        continue;
      const { pod } = fact;
      const event = scene.eventsOf(pod).find(({ reason }) => reason === 'FailedToRetrieveImagePullSecret');
      const secretsRead = !scene.gapOf('Secret', pod.ref.namespace) && scene.store.has('Secret');
      const missing = secretsRead
        ? (pod.object.spec?.imagePullSecrets ?? []).filter(
            ({ name }) => name && !scene.find('Secret', pod.ref.namespace, name),
          )
        : [];
      if (!event && missing.length === 0) continue;
      const named = event ? /\(([^)]*)\)/.exec(messageOf(event))?.[1] : undefined;
      const { guilty, path } = declared(scene, pod, ['spec', 'imagePullSecrets']);
      report('missing', guilty, {
        data: {
          secrets: missing.map(({ name }) => name).join(', ') || named || '',
          workload: nameOf(topOwner(scene, pod)),
          namespace: pod.ref.namespace,
          image: fact.spec.image,
        },
        path,
        evidence: [...(event ? [eventEvidence(event)] : []), ...waitingEvidence(fact)],
        affects: [pod],
        commands: kubectl(pod.ref.namespace, 'get', 'secrets'),
      });
    }
  },
});

/** One mode for each cause in the table, and the missing pull secret behind them. */
export const imageModes: readonly FailureMode[] = [...ROWS.map(modeOf), pullSecretMissing];
