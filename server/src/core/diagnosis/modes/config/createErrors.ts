/** Containers that are never created: what their env, securityContext or runtime lacks. */
import type { Evidence, MessageData } from '../../../finding.ts';
import type { ConfigMap, EnvFrom, EnvVar } from '../../../kube/types.ts';
import { nearest } from '../../../nearest.ts';
import { type Path, valueAt } from '../../../path.ts';
import { type ContainerFact, containersInScene, remember } from '../../containers.ts';
import { declared, topOwner } from '../../declared.ts';
import { describeCommand, fieldEvidence, kubectl, waitingEvidence } from '../../evidence.ts';
import { defineMode, type FailureMode } from '../../mode.ts';
import type { Scene } from '../../scene.ts';
import { listOf, nameOf } from '../name.ts';

type Groups = Record<string, string | undefined>;

interface Row {
  id: string;
  case: string;
  confidence?: 'certain' | 'likely';
  /** Tested against `reason: message` of the waiting state. */
  pattern: RegExp;
  message: string;
  /** Another sentence, and when it says more. */
  variant?: { message: string; when(groups: Groups, data: MessageData): boolean };
  path(fact: ContainerFact, groups: Groups): Path;
  data?(fact: ContainerFact, groups: Groups, scene: Scene): MessageData;
  evidence?(fact: ContainerFact, groups: Groups, scene: Scene): Evidence[];
  commands?(fact: ContainerFact, groups: Groups): string[];
}

/** Where a container's environment names a ConfigMap or Secret, and the key when one is given. */
function envPath(
  { spec, path }: ContainerFact,
  kind: 'ConfigMap' | 'Secret',
  name: string,
  key?: string,
): Path {
  const ref = kind === 'ConfigMap' ? 'configMapKeyRef' : 'secretKeyRef';
  const from = kind === 'ConfigMap' ? 'configMapRef' : 'secretRef';
  const at = (spec.env ?? []).findIndex((item: EnvVar) => {
    const found = item.valueFrom?.[ref];
    return found?.name === name && (key === undefined || found.key === key);
  });
  if (at >= 0) return [...path, 'env', at, 'valueFrom', ref, key === undefined ? 'name' : 'key'];
  const block = (spec.envFrom ?? []).findIndex((item: EnvFrom) => item[from]?.name === name);
  return block >= 0 ? [...path, 'envFrom', block, from, 'name'] : [...path, 'env'];
}

/** The mount that a complaint about a subPath means: by its volume, or by the variable in its expression. */
function subPathMount(
  { spec }: ContainerFact,
  { volume, variable }: Groups,
): { at: number; field: 'subPath' | 'subPathExpr' } {
  const mounts = spec.volumeMounts ?? [];
  const at = mounts.findIndex(({ name, subPath, subPathExpr = '' }) =>
    variable === undefined
      ? name === volume && (subPath !== undefined || subPathExpr !== '')
      : subPathExpr.includes(`$(${variable})`),
  );
  return { at, field: mounts[at]?.subPathExpr === undefined ? 'subPath' : 'subPathExpr' };
}

const namesIn = (scene: Scene, kind: string, namespace: string | undefined): string[] =>
  scene.store.list(kind, namespace).map(({ ref }) => ref.name);

const missingRow = (kind: 'ConfigMap' | 'Secret'): Row => ({
  id: `${kind.toLowerCase()}-missing-env`,
  case: 'config-reference-missing',
  pattern: new RegExp(`CreateContainerConfigError: ${kind.toLowerCase()} "(?<name>[^"]+)" not found`),
  message: `${kind} {name} does not exist in namespace {namespace}; container {container} of {workload} needs it for its environment and is not created{near}.`,
  path: (fact, { name = '' }) => envPath(fact, kind, name),
  data: ({ pod }, { name = '' }, scene) => {
    const near = nearest(name, namesIn(scene, kind, pod.ref.namespace));
    return { name, near: near ? ` (${near}?)` : '' };
  },
  commands: ({ pod }) => kubectl(pod.ref.namespace, 'get', `${kind.toLowerCase()}s`),
});

const keyRow = (kind: 'ConfigMap' | 'Secret'): Row => ({
  id: `${kind.toLowerCase()}-key-missing-env`,
  case: 'config-reference-missing',
  pattern: new RegExp(`couldn't find key (?<key>\\S+) in ${kind} (?<in>[^/\\s]+)/(?<name>\\S+)`),
  message: `${kind} {name} has no key {key}; container {container} of {workload} is not created. Its keys: {keys}.`,
  // The keys of a Secret are read with its values, so mostly they are not.
  variant: {
    message: `${kind} {name} has no key {key}; container {container} of {workload} is not created.`,
    when: (_, { keys }) => keys === undefined,
  },
  path: (fact, { name = '', key }) => envPath(fact, kind, name, key),
  data: ({ pod }, { name = '', key }, scene) => {
    const found = scene.find<ConfigMap>(kind, pod.ref.namespace, name);
    const { data, binaryData } = found?.object ?? {};
    const keys = Object.keys({ ...data, ...binaryData }).sort();
    return { name, key, ...(keys.length > 0 ? { keys: listOf(keys, 8) } : {}) };
  },
  commands: ({ pod }, { name = '' }) => kubectl(pod.ref.namespace, 'describe', kind.toLowerCase(), name),
});

const ROWS: readonly Row[] = [
  missingRow('ConfigMap'),
  missingRow('Secret'),
  keyRow('ConfigMap'),
  keyRow('Secret'),
  {
    id: 'run-as-non-root-violation',
    case: 'run-as-non-root',
    pattern:
      /(?<reason>container has runAsNonRoot and image (?:will run as root|has non-numeric user \([^)]*\), cannot verify user is non-root)|container's runAsUser breaks non-root policy|image has non-numeric user \([^)]*\), cannot verify user is non-root)/,
    message: 'Container {container} of {workload} must not run as root and would: {reason}.',
    path: ({ spec, path }) =>
      spec.securityContext?.runAsNonRoot !== undefined
        ? [...path, 'securityContext', 'runAsNonRoot']
        : ['spec', 'securityContext', 'runAsNonRoot'],
    data: (_, { reason }) => ({ reason }),
    evidence: ({ pod, spec, path }) => {
      const at: Path[] = [
        [...path, 'securityContext'],
        ['spec', 'securityContext'],
      ];
      return spec
        ? at
            .filter((place) => valueAt(pod.object, place) !== undefined)
            .map((place) => fieldEvidence(pod, place))
        : [];
    },
  },
  {
    id: 'subpath-failure',
    case: 'subpath-failure',
    pattern:
      /(?<reason>failed to (?:create subPath directory|prepare subPath) for volumeMount "(?<volume>[^"]+)"[^\n]*)|missing value for (?<variable>\S+)/,
    message:
      'The subPath of volume {volume} in container {container} of {workload} cannot be prepared: {reason}.',
    variant: {
      message:
        'The subPathExpr of volume {volume} in container {container} of {workload} uses variable {variable}, which the container does not have.',
      when: ({ variable }) => variable !== undefined,
    },
    path: (fact, groups) => {
      const { at, field } = subPathMount(fact, groups);
      return at < 0 ? [...fact.path, 'volumeMounts'] : [...fact.path, 'volumeMounts', at, field];
    },
    data: (fact, groups) => ({
      volume: groups.volume ?? fact.spec.volumeMounts?.[subPathMount(fact, groups).at]?.name,
      reason: groups.reason,
      variable: groups.variable,
    }),
  },
  {
    id: 'create-container-error',
    case: 'container-start-error',
    confidence: 'likely',
    pattern:
      /^(?:CreateContainerError|CreateContainerConfigError|PreCreateHookError|PreStartHookError): (?<reason>[\s\S]+)/,
    message: 'The runtime cannot create container {container} of {workload}: {reason}.',
    path: ({ path }) => path,
    data: (_, { reason = '' }) => ({ reason: reason.trim().replace(/\.$/, '') }),
  },
];

const WAITING = new Set([
  'CreateContainerConfigError',
  'CreateContainerError',
  'PreCreateHookError',
  'PreStartHookError',
]);

/** A Service read too early and other passing states of a kubelet's start: they mend themselves. */
const TRANSIENT = /services have not yet been read at least once|failed to sync (?:configmap|secret) cache/;

function failures(scene: Scene): { fact: ContainerFact; text: string; row: Row | undefined }[] {
  return remember(scene, 'createErrors', () =>
    containersInScene(scene)
      .filter(({ waiting, waitingMessage }) => WAITING.has(waiting) && !TRANSIENT.test(waitingMessage))
      .map((fact) => {
        const text = `${fact.waiting}: ${fact.waitingMessage}`;
        return { fact, text, row: ROWS.find(({ pattern }) => pattern.test(text)) };
      }),
  );
}

const modeOf = (row: Row): FailureMode =>
  defineMode({
    id: row.id,
    step: 'configured',
    severity: 'error',
    confidence: row.confidence ?? 'certain',
    case: row.case,
    messages: { failed: row.message, variant: row.variant?.message ?? row.message },
    detect(scene, { report }) {
      for (const { fact, text, row: matched } of failures(scene)) {
        if (matched !== row) continue;
        const groups = row.pattern.exec(text)?.groups ?? {};
        const { guilty, path } = declared(scene, fact.pod, row.path(fact, groups));
        const data = row.data?.(fact, groups, scene) ?? {};
        report(row.variant?.when(groups, data) ? 'variant' : 'failed', guilty, {
          data: {
            container: fact.name,
            workload: nameOf(topOwner(scene, fact.pod)),
            namespace: fact.pod.ref.namespace,
            ...data,
          },
          path,
          evidence: [
            ...waitingEvidence(fact),
            ...(row.evidence?.(fact, groups, scene) ??
              (valueAt(guilty.object, path) === undefined ? [] : [fieldEvidence(guilty, path)])),
          ],
          affects: [fact.pod],
          commands: [...describeCommand(fact.pod.ref), ...(row.commands?.(fact, groups) ?? [])],
        });
      }
    },
  });

const MODES = ROWS.map(modeOf);
const isSubPath = ({ id }: FailureMode): boolean => id === 'subpath-failure';

/** One mode for each reason in the table but the subPath, which also shows at the start: see subpathFailure.ts. */
export const createErrorModes: readonly FailureMode[] = MODES.filter((mode) => !isSubPath(mode));
export const subPathAtCreation: readonly FailureMode[] = MODES.filter(isSubPath);
