/** Probes that cannot be asked: wrong name, wrong scheme, missing command, missing service. Any of the three kinds. */
import type { Evidence, MessageData } from '../../../finding.ts';
import { parseQuantity } from '../../../kube/quantity.ts';
import type { Path } from '../../../path.ts';
import { declared, topOwner } from '../../declared.ts';
import { eventEvidence } from '../../eventFacts.ts';
import { describeCommand, fieldEvidence, logEvidence } from '../../evidence.ts';
import { defineMode, type FailureMode } from '../../mode.ts';
import { listOf, nameOf } from '../name.ts';
import { type ProbeFailure, probeFailures, probePort, probePortPath } from './facts.ts';

interface Row {
  id: string;
  case: string;
  confidence: 'certain' | 'likely';
  when(failure: ProbeFailure): boolean;
  message: string;
  data?(failure: ProbeFailure): MessageData;
  path?(failure: ProbeFailure): Path;
}

/** A probe that can never work also makes the kubelet kill the container: what follows is its doing. */
const FOLLOWS = [
  'liveness-misconfigured-restart-loop',
  'liveness-probe-slow-start',
  'startup-probe-exhausted',
  'exit-137-not-oom',
  'exit-143-sigterm',
  'exit-0-restart-loop',
  'exit-1-app-error',
  'exit-2-shell-misuse',
  'crash-loop-backoff',
];

const namedPort = ({ probe, fact }: ProbeFailure): string | undefined => {
  const port = probe?.httpGet?.port ?? probe?.tcpSocket?.port;
  if (typeof port !== 'string' || fact.spec.ports?.some(({ name }) => name === port)) return undefined;
  return parseQuantity(port) === undefined ? port : undefined;
};

const command = ({ probe }: ProbeFailure): string => probe?.exec?.command?.join(' ') ?? '';

const ROWS: readonly Row[] = [
  {
    id: 'probe-named-port-unresolved',
    case: 'probe-port-mismatch',
    confidence: 'certain',
    when: (failure) => namedPort(failure) !== undefined && failure.errored,
    message:
      'The {kind} probe of {workload} asks port {port}, a name that container {container} does not give to any port; it has {ports}.',
    data: (failure) => ({
      port: namedPort(failure),
      ports:
        listOf(
          (failure.fact.spec.ports ?? []).map(({ name, containerPort }) =>
            name ? `${name} (${containerPort})` : String(containerPort),
          ),
        ) || '0',
    }),
    path: probePortPath,
  },
  {
    id: 'probe-https-mismatch',
    case: 'probe-port-mismatch',
    confidence: 'certain',
    when: ({ text, plainToTls }) =>
      plainToTls !== undefined ||
      /server gave HTTP response to HTTPS client|malformed HTTP response|first record does not look like a TLS handshake/.test(
        text,
      ),
    message:
      'The {kind} probe of {workload} speaks {scheme} to port {port} of container {container}, which answers in the other scheme.',
    data: (failure) => ({ scheme: failure.probe?.httpGet?.scheme ?? 'HTTP', port: probePort(failure) }),
    path: ({ path }) => [...path, 'httpGet', 'scheme'],
  },
  {
    id: 'exec-probe-command-missing',
    case: 'probe-errored',
    confidence: 'certain',
    when: ({ text }) =>
      /executable file not found in \$PATH|exec: "[^"]*": stat [^:]*: no such file or directory/.test(text),
    message:
      'The {kind} probe of {workload} runs {command}, which the image of container {container} does not have.',
    data: (failure) => ({ command: failure.probe?.exec?.command?.[0] ?? command(failure) }),
    path: ({ path }) => [...path, 'exec', 'command'],
  },
  {
    id: 'exec-probe-timeout',
    case: 'probe-errored',
    confidence: 'certain',
    when: ({ text, probe }) =>
      /command timed out|command .* timed out/.test(text) ||
      (probe?.exec !== undefined && /timed out after/.test(text)),
    message:
      'The {kind} command of container {container} in {workload} takes longer than its {seconds} s: {command}.',
    data: (failure) => ({ seconds: failure.probe?.timeoutSeconds ?? 1, command: command(failure) }),
    path: ({ path, probe }) => [...path, ...(probe?.timeoutSeconds === undefined ? [] : ['timeoutSeconds'])],
  },
  {
    id: 'grpc-probe-unimplemented',
    case: 'probe-errored',
    confidence: 'certain',
    when: ({ text }) =>
      /does not implement the grpc health protocol|service unhealthy \(responded with|failed to connect service/.test(
        text,
      ),
    message:
      'The {kind} probe of {workload} asks the gRPC health service on port {port} of container {container}: {reason}.',
    data: (failure) => ({
      port: probePort(failure),
      reason: failure.text
        .trim()
        .replace(/^error: /, '')
        .replace(/\.$/, ''),
    }),
    path: ({ path }) => [...path, 'grpc'],
  },
  {
    id: 'probe-errored',
    case: 'probe-errored',
    confidence: 'likely',
    when: ({ errored }) => errored,
    message: 'The {kind} probe of container {container} in {workload} could not be run: {reason}.',
    data: ({ text }) => ({ reason: text.trim().replace(/\.$/, '').slice(0, 300) }),
  },
];

const modeOf = (row: Row): FailureMode =>
  defineMode({
    id: row.id,
    step: 'probes',
    severity: 'error',
    confidence: row.confidence,
    case: row.case,
    explains: FOLLOWS,
    messages: { failed: row.message },
    detect(scene, { report }) {
      for (const failure of probeFailures(scene)) {
        if (ROWS.find(({ when }) => when(failure)) !== row) continue;
        const { fact, event, kind } = failure;
        const { guilty, path } = declared(scene, fact.pod, row.path?.(failure) ?? failure.path);
        const evidence: Evidence[] = [
          eventEvidence(event),
          fieldEvidence(fact.pod, failure.path),
          ...(failure.plainToTls ? [logEvidence(fact.pod, fact.name, false, failure.plainToTls)] : []),
        ];
        report('failed', guilty, {
          data: {
            kind,
            workload: nameOf(topOwner(scene, fact.pod)),
            container: fact.name,
            ...row.data?.(failure),
          },
          path,
          evidence,
          affects: [fact.pod],
          commands: describeCommand(fact.pod.ref),
        });
      }
    },
  });

/** One mode for each way a probe cannot be asked. */
export const probeErrorModes: readonly FailureMode[] = ROWS.map(modeOf);
