/** The table of endings: exit codes and the runtime's reasons, first match wins. */
import type { Confidence, Evidence, MessageData } from '../../../finding.ts';
import type { Path } from '../../../path.ts';
import type { ContainerFact, Termination } from '../../containers.ts';
import { endedLog, fieldEvidence } from '../../evidence.ts';
import { lastLines } from '../../logText.ts';
import type { Step } from '../../report.ts';
import type { Scene } from '../../scene.ts';

export interface Ending {
  fact: ContainerFact;
  ended: Termination;
  row: Row | undefined;
}

export interface Row {
  id: string;
  case: string;
  step: Step;
  confidence: Confidence;
  when(ended: Termination, fact: ContainerFact): boolean;
  message: string;
  /** What of the container is at fault; default: what it runs. */
  field?: Path | ((ending: Ending) => Path);
  data?(ending: Ending, scene: Scene): MessageData;
  evidence?(ending: Ending, scene: Scene): Evidence[];
  /** What a quoted log makes of a bare exit code. */
  withLog?: Confidence;
  explains?: readonly string[];
}

/** runc 1.4 has a phrase between the error and `exec:`; the quoted program and the tail are the same everywhere. */
const NOT_FOUND =
  /exec: "(?<program>[^"]*)": (?:executable file not found in \$PATH|stat [^:]*: no such file or directory|no such file or directory)|exec (?<script>\/\S+): no such file or directory/;
const NOT_EXECUTABLE =
  /exec: "(?<program>[^"]*)": (?:stat [^:]*: )?permission denied|exec: "(?<folder>[^"]*)": is a directory/;
const WRONG_FORMAT = /exec format error/;

const messageOf = ({ message = '' }: Termination): string => message;
const isStartError = ({ reason, exitCode }: Termination): boolean =>
  reason === 'StartError' || reason === 'ContainerCannotRun' || (exitCode === 128 && reason !== 'Error');

/** The last of runc's nested causes, without the wrapping of shim and runtime. */
function tailOf(message: string): string {
  const tail =
    /(?:error during container init|unable to start container process|OCI runtime create failed): (?<tail>(?!.*(?:error during container init|unable to start container process): ).*)$/s.exec(
      message.trim(),
    )?.groups?.tail;
  return (tail ?? message)
    .trim()
    .replace(/: unknown$/, '')
    .replace(/\.$/, '');
}

/** The mount that runc could not make. The kubelet makes a folder of a subPath that is not there. */
function overFile({ fact: { spec }, ended }: Ending): {
  at: number;
  file: string;
  volume: string;
  subPath: string;
} {
  const file = /to rootfs at "(?<file>[^"]+)"/.exec(messageOf(ended))?.groups?.file ?? '';
  const mounts = spec.volumeMounts ?? [];
  const at = Math.max(
    mounts.findIndex(({ mountPath }) => mountPath === file),
    0,
  );
  return { at, file, volume: mounts[at]?.name ?? '?', subPath: mounts[at]?.subPath ?? '?' };
}

const lastWords = ({ fact }: Ending, scene: Scene): string => {
  const log = endedLog(scene, fact);
  const line = log ? lastLines(log.text, 1)[0] : undefined;
  return (line ?? fact.ended?.message ?? '').trim().slice(0, 300);
};

const command = ({ spec }: ContainerFact): string =>
  [...(spec.command ?? []), ...(spec.args ?? [])].join(' ') || '(image)';

export const commandField = ({ spec }: ContainerFact): Path =>
  spec.command ? ['command'] : spec.args ? ['args'] : ['image'];

export const ROWS: readonly Row[] = [
  {
    id: 'exec-format-error',
    case: 'image-platform-mismatch',
    step: 'started',
    confidence: 'certain',
    when: (ended) => WRONG_FORMAT.test(messageOf(ended)),
    message:
      'The program of container {container} in {workload} is not for the architecture of node {node} ({architecture}): exec format error.',
    field: ['image'],
    data: ({ fact }, scene) => ({
      architecture: architectureOf(fact, scene),
    }),
  },
  {
    id: 'exit-127-command-not-found',
    case: 'command-not-found',
    step: 'started',
    confidence: 'certain',
    when: (ended) => (isStartError(ended) && NOT_FOUND.test(messageOf(ended))) || ended.exitCode === 127,
    message: 'Container {container} of {workload} starts {program}, which its image does not have.',
    data: ({ fact, ended }, scene) => ({ program: programOf(fact, ended, scene) }),
  },
  {
    id: 'exit-126-not-executable',
    case: 'command-not-found',
    step: 'started',
    confidence: 'certain',
    when: (ended) => (isStartError(ended) && NOT_EXECUTABLE.test(messageOf(ended))) || ended.exitCode === 126,
    message: 'Container {container} of {workload} starts {program}, which is no program it may execute.',
    data: ({ fact, ended }, scene) => ({ program: programOf(fact, ended, scene) }),
  },
  {
    id: 'subpath-failure',
    case: 'subpath-failure',
    step: 'configured',
    confidence: 'certain',
    when: (ended) => /volume-subpaths/.test(messageOf(ended)) && /not a directory/.test(messageOf(ended)),
    message:
      'Container {container} of {workload} mounts subPath {subPath} of volume {volume} over file {file}, and the volume has no such file.',
    field: (ending) => ['volumeMounts', overFile(ending).at, 'subPath'],
    data: (ending) => overFile(ending),
  },
  {
    id: 'container-start-error',
    case: 'container-start-error',
    step: 'started',
    confidence: 'certain',
    when: (ended) => isStartError(ended),
    message: 'Container {container} of {workload} cannot be started: {cause}.',
    data: ({ ended }) => ({ cause: tailOf(messageOf(ended)) }),
  },
  {
    id: 'container-status-unknown',
    case: 'exit-137-not-oom',
    step: 'running',
    confidence: 'likely',
    when: ({ reason }) => reason === 'ContainerStatusUnknown',
    message:
      'Container {container} of {workload} was lost by the kubelet of node {node}; its exit code 137 is a placeholder and no sign of memory.',
  },
  {
    id: 'limitrange-default-oom',
    case: 'limitrange-violation',
    step: 'running',
    confidence: 'certain',
    when: (ended, fact) =>
      ended.reason === 'OOMKilled' &&
      new RegExp(`memory limit for (?:init )?container ${literal(fact.name)}\\b`).test(
        fact.pod.object.metadata.annotations?.['kubernetes.io/limit-ranger'] ?? '',
      ),
    message:
      'Container {container} of {workload} was killed at the memory limit {limit}, which a LimitRange of namespace {namespace} gave it: the manifest has none.',
    field: ['resources', 'limits', 'memory'],
    data: ({ fact }) => ({ limit: String(fact.spec.resources?.limits?.memory ?? '?') }),
    evidence: ({ fact }, { store }) => [
      fieldEvidence(fact.pod, ['metadata', 'annotations', 'kubernetes.io/limit-ranger']),
      ...store
        .list('LimitRange', fact.pod.ref.namespace)
        .slice(0, 1)
        .map((range) => fieldEvidence(range, ['spec', 'limits'])),
    ],
  },
  {
    id: 'oom-killed-main',
    case: 'oomkilled-vs-node-oom',
    step: 'running',
    confidence: 'certain',
    when: ({ reason, exitCode }) => reason === 'OOMKilled' && (exitCode === 137 || exitCode === 0),
    message:
      'Container {container} of {workload} was killed for memory at its limit {limit} ({restarts} {restarts:restart|restarts}).',
    field: ['resources', 'limits', 'memory'],
    data: ({ fact }) => memoryData(fact),
    evidence: ({ fact }) => [fieldEvidence(fact.pod, [...fact.path, 'resources'])],
  },
  {
    id: 'oom-killed-child',
    case: 'oomkilled-vs-node-oom',
    step: 'running',
    confidence: 'likely',
    when: ({ reason }) => reason === 'OOMKilled',
    message:
      'A child process of container {container} in {workload} was killed for memory at the limit {limit}; the main process then ended with exit code {code}.',
    field: ['resources', 'limits', 'memory'],
    data: ({ fact }) => memoryData(fact),
    evidence: ({ fact }) => [fieldEvidence(fact.pod, [...fact.path, 'resources'])],
  },
  {
    id: 'exit-0-restart-loop',
    case: 'exit-0-restart-loop',
    step: 'running',
    confidence: 'certain',
    when: ({ exitCode }, { role, pod }) =>
      exitCode === 0 && role !== 'init' && (pod.object.spec?.restartPolicy ?? 'Always') === 'Always',
    message:
      'The main process of container {container} in {workload} ends with exit code 0 ({command}), and restartPolicy Always starts it again.',
    data: ({ fact }) => ({ command: command(fact) }),
  },
  {
    id: 'exit-137-not-oom',
    case: 'exit-137-not-oom',
    step: 'running',
    confidence: 'hint',
    when: ({ exitCode }) => exitCode === 137,
    message:
      'Container {container} of {workload} was ended by SIGKILL (exit code 137), and not by its memory limit.',
  },
  {
    id: 'exit-143-sigterm',
    case: 'exit-137-not-oom',
    step: 'running',
    confidence: 'hint',
    when: ({ exitCode }) => exitCode === 143,
    message: 'Container {container} of {workload} was asked to stop from outside (SIGTERM, exit code 143).',
  },
  {
    id: 'exit-139-segfault',
    case: 'app-crash',
    step: 'running',
    confidence: 'likely',
    when: ({ exitCode }) => exitCode === 139,
    message: 'Container {container} of {workload} ends with a segmentation fault (SIGSEGV, exit code 139).',
    field: ['image'],
  },
  {
    id: 'exit-134-abort',
    case: 'app-crash',
    step: 'running',
    confidence: 'hint',
    withLog: 'likely',
    when: ({ exitCode }) => exitCode === 134,
    message: 'Container {container} of {workload} aborts (SIGABRT, exit code 134): {words}',
    data: (ending, scene) => ({ words: lastWords(ending, scene) }),
  },
  {
    id: 'exit-135-bus-error',
    case: 'app-crash',
    step: 'running',
    confidence: 'hint',
    when: ({ exitCode }) => exitCode === 135,
    message:
      'Container {container} of {workload} ends with a bus error (SIGBUS, exit code 135), often a full /dev/shm.',
    field: ['volumeMounts'],
  },
  {
    id: 'exit-255-or-unknown',
    case: 'exit-137-not-oom',
    step: 'running',
    confidence: 'hint',
    when: ({ exitCode, reason }) => exitCode === 255 && reason === 'Unknown',
    message:
      'The runtime of node {node} lost container {container} of {workload} (exit code 255, reason Unknown).',
  },
  {
    id: 'exit-2-shell-misuse',
    case: 'app-crash',
    step: 'running',
    confidence: 'hint',
    withLog: 'likely',
    when: ({ exitCode }) => exitCode === 2,
    message:
      'Container {container} of {workload} ends with exit code 2 (usage, shell syntax or a Go panic): {words}',
    data: (ending, scene) => ({ words: lastWords(ending, scene) }),
  },
  {
    id: 'exit-1-app-error',
    case: 'app-crash',
    step: 'running',
    confidence: 'hint',
    withLog: 'likely',
    when: ({ exitCode }) => exitCode !== 0,
    message: 'Container {container} of {workload} ends with exit code {code}: {words}',
    data: (ending, scene) => ({ words: lastWords(ending, scene) }),
  },
];

const literal = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

const memoryData = ({ spec, status, ended }: ContainerFact): MessageData => ({
  limit: String(spec.resources?.limits?.memory ?? '?'),
  restarts: status?.restartCount ?? 0,
  code: ended?.exitCode,
});

const architectureOf = ({ pod }: ContainerFact, scene: Scene): string =>
  (
    scene.find('Node', undefined, pod.object.spec?.nodeName ?? '')?.object as
      | { status?: { nodeInfo?: { architecture?: string } } }
      | undefined
  )?.status?.nodeInfo?.architecture ?? '?';

/** The program a start failed on: runc names it; a shell's 126 and 127 name it in the log. */
function programOf(fact: ContainerFact, ended: Termination, scene: Scene): string {
  const groups = (NOT_FOUND.exec(messageOf(ended)) ?? NOT_EXECUTABLE.exec(messageOf(ended)))?.groups;
  const named = groups?.program ?? groups?.script ?? groups?.folder;
  if (named) return named;
  const log = endedLog(scene, fact);
  const line = log && lastLines(log.text, 5).find((text) => /not found|permission denied/i.test(text));
  const word = line && /(?:^|[\s:])([^\s:]+): (?:command )?(?:not found|Permission denied)/i.exec(line)?.[1];
  return word ?? command(fact);
}
