/** The table of endings: exit codes and the runtime's reasons, first match wins. */
import type { MessageData } from '../../../finding.ts';
import type { ContainerFact } from '../../containers.ts';
import { endedLog, fieldEvidence } from '../../evidence.ts';
import { tellingLine } from '../../logText.ts';
import type { Scene } from '../../scene.ts';
import { command, type Ending, type Row } from './endingRow.ts';
import { START_ROWS } from './startRows.ts';

const lastWords = ({ fact }: Ending, scene: Scene): string => {
  const log = endedLog(scene, fact);
  const line = log && tellingLine(log.text);
  return (line ?? fact.ended?.message ?? '').trim().slice(0, 300);
};

/** The sentence with the last words of the container, where it left any. */
const inWords = (message: string): Pick<Row, 'better' | 'data'> => ({
  better: { message, when: (ending, scene) => lastWords(ending, scene) !== '' },
  data: (ending, scene) => ({ words: lastWords(ending, scene) }),
});

export const ROWS: readonly Row[] = [
  ...START_ROWS,
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
    message: 'Container {container} of {workload} aborts (SIGABRT, exit code 134).',
    ...inWords('Container {container} of {workload} aborts (SIGABRT, exit code 134): {words}'),
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
    message: 'Container {container} of {workload} ends with exit code 2 (usage, shell syntax or a Go panic).',
    ...inWords(
      'Container {container} of {workload} ends with exit code 2 (usage, shell syntax or a Go panic): {words}',
    ),
  },
  {
    id: 'exit-1-app-error',
    case: 'app-crash',
    step: 'running',
    confidence: 'hint',
    withLog: 'likely',
    when: ({ exitCode }) => exitCode !== 0,
    message: 'Container {container} of {workload} ends with exit code {code}.',
    ...inWords('Container {container} of {workload} ends with exit code {code}: {words}'),
  },
];

const literal = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

const memoryData = ({ spec, status, ended }: ContainerFact): MessageData => ({
  limit: String(spec.resources?.limits?.memory ?? '?'),
  restarts: status?.restartCount ?? 0,
  code: ended?.exitCode,
});
