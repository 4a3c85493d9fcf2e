/** Causes that only the application's own last words tell: one table of texts that libraries and kernels share. */
import type { Confidence, MessageData } from '../../../finding.ts';
import type { Path } from '../../../path.ts';
import { type ContainerFact, containersInScene, isCrashing, isUnready, remember } from '../../containers.ts';
import { type Declared, declared, topOwner } from '../../declared.ts';
import { endedEvidence, fieldEvidence, logCommand, logEvidence } from '../../evidence.ts';
import { lastLines } from '../../logText.ts';
import { defineMode, type FailureMode } from '../../mode.ts';
import type { Scene } from '../../scene.ts';
import { nameOf } from '../name.ts';
import { hasNoToken, serviceLinks, tokenSwitch, writeRefusal } from './logPlaces.ts';

interface Cue {
  id: string;
  pattern: RegExp;
  /** A condition of the spec that must hold as well. */
  when?(fact: ContainerFact, scene: Scene, groups: Record<string, string | undefined>): boolean;
}

interface Row extends Cue {
  case: string;
  confidence: Confidence;
  message: string;
  field?: Path;
  /** Field of the pod instead of the container. */
  podField?: Path;
  data?(fact: ContainerFact, groups: Record<string, string | undefined>, scene: Scene): MessageData;
  /** Where it is declared, when that is no one field: the guilty object and the place in it. */
  place?(fact: ContainerFact, scene: Scene, groups: Record<string, string | undefined>): Declared;
}

/** First match wins, on the newest line that any row fits. */
const ROWS: readonly Row[] = [
  {
    id: 'rbac-forbidden-workload',
    case: 'rbac-forbidden-workload',
    confidence: 'certain',
    pattern:
      // A Status that is logged as it came is JSON: its quotes are escaped.
      /is forbidden: User \\?"system:serviceaccount:(?<namespace>[^:"]+):(?<account>[^"\\]+)\\?" cannot (?<verb>\S+) resource \\?"(?<resource>[^"\\]+)\\?"(?: in API group \\?"(?<group>[^"\\]*)\\?")?(?: in the namespace \\?"(?<where>[^"\\]+)\\?")?/,
    message:
      'ServiceAccount {account} of {workload} may not {verb} {resource} ({scope}), which container {container} needs.',
    podField: ['spec', 'serviceAccountName'],
    data: (_, { where, group }) => ({ scope: [group || 'core', where ?? 'cluster'].join(', ') }),
  },
  {
    id: 'sa-token-not-mounted',
    case: 'sa-token-not-mounted',
    confidence: 'certain',
    pattern:
      /(?:open )?\/var\/run\/secrets\/kubernetes\.io\/serviceaccount\/(?:token|ca\.crt): no such file or directory|unable to load in-cluster configuration/,
    message:
      'Container {container} of {workload} looks for its service account token, which is not mounted (automountServiceAccountToken false).',
    podField: ['spec', 'automountServiceAccountToken'],
    when: hasNoToken,
    place: tokenSwitch,
  },
  {
    id: 'unprivileged-port-bind',
    case: 'unprivileged-port-bind',
    confidence: 'certain',
    pattern:
      /\b(?:listen|bind)[^\n]*?[:\s](?<port>\d{1,5})(?![\d.])[^\n]*(?:permission denied|EACCES)|EACCES[^\n]*:(?<other>\d{1,5})\b/i,
    message:
      'Container {container} of {workload} may not bind port {port}: ports below 1024 need root or NET_BIND_SERVICE.',
    field: ['securityContext'],
    when: (_, __, { port, other }) => Number(port ?? other ?? 1024) < 1024,
    data: (_, { port, other }) => ({ port: port ?? other }),
  },
  {
    id: 'kernel-vm-max-map-count',
    case: 'pid-or-fd-exhaustion',
    confidence: 'certain',
    pattern: /max virtual memory areas vm\.max_map_count \[(?<has>\d+)\][^\n]*\[(?<wants>\d+)\]/,
    message: 'Node {node} has vm.max_map_count {has}; container {container} of {workload} needs {wants}.',
  },
  {
    id: 'kernel-inotify-limit',
    case: 'pid-or-fd-exhaustion',
    confidence: 'likely',
    pattern:
      /inotify_add_watch[^\n]*no space left|failed to create (?:fsnotify )?watcher[^\n]*too many open files|inotify[^\n]*(?:too many open files|limit)|ENOSPC: System limit for number of file watchers reached/i,
    message:
      'Node {node} has no inotify watches left for container {container} of {workload} (fs.inotify limits).',
  },
  {
    id: 'kernel-open-files-limit',
    case: 'pid-or-fd-exhaustion',
    confidence: 'likely',
    pattern: /too many open files|EMFILE/i,
    message: 'Container {container} of {workload} has no file descriptors left (too many open files).',
  },
  {
    id: 'process-limit-reached',
    case: 'pid-or-fd-exhaustion',
    confidence: 'likely',
    pattern:
      /fork(?:\/exec)?[^\n]*resource temporarily unavailable|pthread_create failed|can't start new thread|unable to create (?:new )?native thread/i,
    message:
      'Container {container} of {workload} cannot start another process or thread: the pod is at its PID limit.',
  },
  {
    id: 'volume-permission-denied',
    case: 'volume-permission-denied',
    confidence: 'likely',
    pattern:
      /(?<path>\/[\w./-]+)['"]?: (?<reason>permission denied|read-only file system)|(?<other>read-only file system|EROFS|EACCES: permission denied[^\n]*)/i,
    message: 'Container {container} of {workload} may not write to {path}: {reason}.',
    field: ['securityContext'],
    place: writeRefusal,
    data: (_, { path, reason, other }) => ({ path: path ?? '/', reason: (reason ?? other)?.toLowerCase() }),
  },
  {
    id: 'env-var-service-link-collision',
    case: 'env-var-service-link-collision',
    confidence: 'likely',
    pattern: /(?<value>tcp:\/\/\d+\.\d+\.\d+\.\d+:\d+)/,
    message:
      'Container {container} of {workload} reads {variable}, which the kubelet sets to {value} because there is a Service {service}.',
    podField: ['spec', 'enableServiceLinks'],
    place: serviceLinks,
    when: ({ pod }, scene, { value = '' }) =>
      pod.object.spec?.enableServiceLinks !== false &&
      linkedService(pod.ref.namespace, scene, value) !== undefined,
    data: ({ pod }, { value = '' }, scene) => {
      const service = linkedService(pod.ref.namespace, scene, value) ?? '';
      return { service, variable: `${service.toUpperCase().replaceAll('-', '_')}_PORT` };
    },
  },
  {
    id: 'cert-not-yet-valid',
    case: 'clock-drift-certs',
    confidence: 'certain',
    pattern: /x509: certificate has expired or is not yet valid: (?<reason>current time \S+ is before \S+)/,
    message:
      'Container {container} of {workload} meets a certificate that is not valid yet: {reason}. The clock of node {node} comes first.',
  },
  {
    id: 'cert-expired',
    case: 'tls-san-or-sni-mismatch',
    confidence: 'certain',
    pattern: /x509: certificate has expired or is not yet valid: (?<reason>current time \S+ is after \S+)/,
    message: 'Container {container} of {workload} meets a certificate that has expired: {reason}.',
  },
  {
    id: 'cert-san-mismatch',
    case: 'tls-san-or-sni-mismatch',
    confidence: 'certain',
    pattern: /x509: certificate is valid for (?<names>[^\n]*), not (?<asked>[^\s"]+)/,
    message: 'Container {container} of {workload} asks for {asked} and gets a certificate for {names}.',
  },
  {
    id: 'cert-untrusted-ca',
    case: 'tls-san-or-sni-mismatch',
    confidence: 'certain',
    pattern: /x509: certificate signed by unknown authority/,
    message:
      "Container {container} of {workload} does not trust the authority that signed its peer's certificate.",
  },
];

/** Told by a mode of its own, which also knows figures: see fullVolumes.ts. */
const FULL: Cue = {
  id: 'volume-filesystem-full',
  pattern: /no space left on device|disk (?:is )?full|ENOSPC/i,
};
/** Told by a mode of its own, which knows who else is in the pod: see portInUse.ts. */
const TAKEN: Cue = {
  id: 'port-already-in-use',
  pattern:
    /\b(?:listen|bind)[^\n]*?[:\s](?<port>\d{1,5})(?![\d.])[^\n]*(?:address already in use|EADDRINUSE)|(?:EADDRINUSE|address already in use)[^\n]*?[:\s](?<other>\d{1,5})\b|Port (?<third>\d{1,5}) (?:was|is) already in use/i,
};
/** A watch that is refused speaks of space too, so it comes first; a full disk also looks like one that is read-only. */
const CUES: readonly Cue[] = [
  TAKEN,
  ...ROWS.flatMap((row) => (row.id === 'volume-permission-denied' ? [FULL, row] : [row])),
];

const linkedService = (
  namespace: string | undefined,
  { store }: Scene,
  value: string,
): string | undefined => {
  const ip = /\/\/([\d.]+):/.exec(value)?.[1];
  return store
    .list('Service', namespace)
    .find(({ object }) => (object as { spec?: { clusterIP?: string } }).spec?.clusterIP === ip)?.ref.name;
};

interface Cause {
  fact: ContainerFact;
  line: string;
  previous: boolean;
  row: Cue;
  groups: Record<string, string | undefined>;
}

/** How many of the last lines are searched: older ones belong to another story. */
const TAIL = 40;

/** The causes that logs of struggling containers end with. */
function causes(scene: Scene): Cause[] {
  return remember(scene, 'logCauses', () =>
    containersInScene(scene).flatMap((fact): Cause[] => {
      const crashes = isCrashing(fact, scene.now);
      if (!crashes && !isUnready(fact, scene.now)) return [];
      for (const previous of crashes ? [true, false] : [false]) {
        const text = scene.logOf(fact.pod, fact.name, previous);
        if (text === undefined) continue;
        for (const line of lastLines(text, TAIL).reverse()) {
          const short = line.slice(0, 1000);
          for (const row of CUES) {
            const groups = row.pattern.exec(short)?.groups ?? (row.pattern.test(short) ? {} : undefined);
            if (!groups || row.when?.(fact, scene, groups) === false) continue;
            return [{ fact, line: line.trimEnd(), previous, row, groups }];
          }
        }
      }
      return [];
    }),
  );
}

/** What the log of a container says by the id of its mode. */
export const causesOf = (scene: Scene, id: string): Cause[] =>
  causes(scene).filter(({ row }) => row.id === id);

export const FOLLOWS = [
  'exit-1-app-error',
  'exit-2-shell-misuse',
  'exit-134-abort',
  'exit-126-not-executable',
  'crash-loop-backoff',
  'readiness-connection-refused',
  'readiness-http-status',
  'readiness-timeout',
  'readiness-exec-failed',
  'liveness-misconfigured-restart-loop',
  'startup-probe-exhausted',
  'pod-running-not-ready',
];

const modeOf = (row: Row): FailureMode =>
  defineMode({
    id: row.id,
    step: 'running',
    severity: 'error',
    confidence: row.confidence,
    case: row.case,
    explains: FOLLOWS,
    messages: { said: row.message },
    detect(scene, { report }) {
      for (const { fact, line, previous, row: matched, groups } of causes(scene)) {
        if (matched !== row) continue;
        const place =
          row.place?.(fact, scene, groups) ??
          declared(scene, fact.pod, row.podField ?? [...fact.path, ...(row.field ?? [])]);
        report('said', place.guilty, {
          data: {
            container: fact.name,
            workload: nameOf(topOwner(scene, fact.pod)),
            node: fact.pod.object.spec?.nodeName,
            ...groups,
            ...row.data?.(fact, groups, scene),
          },
          path: place.path,
          evidence: [
            logEvidence(fact.pod, fact.name, previous, line),
            ...(row.podField
              ? [fieldEvidence(fact.pod, row.podField)]
              : row.field
                ? [fieldEvidence(fact.pod, [...fact.path, ...row.field])]
                : []),
            ...endedEvidence(fact),
          ],
          affects: [fact.pod],
          commands: logCommand(fact),
        });
      }
    },
  });

/** One mode for each text in the table. */
export const logCauseModes: readonly FailureMode[] = ROWS.map(modeOf);
