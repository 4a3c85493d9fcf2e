/** Containers that run and are not ready, by what their readiness probe hears. */
import type { Confidence, Evidence, MessageData } from '../../../finding.ts';
import type { Path } from '../../../path.ts';
import { declared, topOwner } from '../../declared.ts';
import { eventEvidence } from '../../eventFacts.ts';
import { describeCommand, fieldEvidence, logCommand, logEvidence } from '../../evidence.ts';
import { defineMode, type FailureMode } from '../../mode.ts';
import type { Scene } from '../../scene.ts';
import { nameOf } from '../name.ts';
import { listensOn, type ProbeFailure, probeFailures, probePort, probePortPath } from './facts.ts';

interface Row {
  id: string;
  confidence: Confidence;
  when(failure: ProbeFailure): boolean;
  messages: Record<string, string>;
  explain(
    failure: ProbeFailure,
    scene: Scene,
  ): {
    message: string;
    data?: MessageData;
    path?: Path;
    evidence?: Evidence[];
    confidence?: Confidence;
    /** No time mends it: it counts from the first second on. */
    lasting?: boolean;
  };
}

/** The mode of a probe that cannot be asked at all; see errors.ts. */
const OTHERS =
  /executable file not found|timed out after|grpc|HTTP response to HTTPS client|malformed HTTP response/i;

const statusCode = ({ text }: ProbeFailure): string | undefined => /statuscode: (\d{3})/.exec(text)?.[1];

const ROWS: readonly Row[] = [
  {
    id: 'readiness-connection-refused',
    confidence: 'certain',
    // What a command prints is of its own connections, and no word about this container's port.
    when: ({ text, probe }) => probe?.exec === undefined && /connection refused/.test(text),
    messages: {
      otherPort:
        'The readiness probe of {workload} asks port {port}; container {container} listens on {listens}.',
      declaredPort:
        'The readiness probe of {workload} asks port {port}; container {container} declares {listens}.',
      nothing:
        'The readiness probe of {workload} asks port {port} of container {container} and nothing listens there.',
    },
    explain: (failure, scene) => {
      const port = probePort(failure);
      const listens = listensOn(scene, failure.fact);
      const path = probePortPath(failure);
      if (!listens || listens.port === port) return { message: 'nothing', data: { port }, path };
      const { fact } = failure;
      return {
        message: listens.declared ? 'declaredPort' : 'otherPort',
        data: { port, listens: listens.port },
        path,
        // A declared port is a promise, the application's own word is a fact.
        ...(listens.declared ? { confidence: 'likely' as const } : { lasting: true }),
        evidence: listens.line
          ? [logEvidence(fact.pod, fact.name, false, listens.line)]
          : [fieldEvidence(fact.pod, [...fact.path, 'ports'])],
      };
    },
  },
  {
    id: 'readiness-http-status',
    confidence: 'certain',
    when: (failure) => statusCode(failure) !== undefined && failure.probe?.httpGet !== undefined,
    messages: {
      status: 'The readiness probe of {workload} gets HTTP {code} for {path} on port {port}.',
      notFound:
        'The readiness probe of {workload} asks for {path} on port {port} and the application has no such path (HTTP 404).',
    },
    explain: (failure) => {
      const code = statusCode(failure);
      return {
        message: code === '404' ? 'notFound' : 'status',
        data: { code, path: failure.probe?.httpGet?.path ?? '/', port: probePort(failure) },
        path: [...failure.path, 'httpGet', ...(code === '404' ? ['path'] : [])],
      };
    },
  },
  {
    id: 'readiness-timeout',
    confidence: 'likely',
    // What a gRPC probe says where nobody listens has a mode of its own.
    when: ({ text, probe }) =>
      probe?.exec
        ? /^(?:rpc error: code = DeadlineExceeded.*|context deadline exceeded)\s*$/.test(text)
        : /deadline exceeded|i\/o timeout|Client\.Timeout/.test(text) &&
          !/failed to connect service/.test(text),
    messages: {
      timeout:
        'The readiness probe of {workload} gets no answer from container {container} on port {port} within {seconds} s.',
      timeoutCommand:
        'The readiness command of {workload} in container {container} does not end within {seconds} s.',
    },
    explain: (failure) => ({
      message: failure.probe?.exec ? 'timeoutCommand' : 'timeout',
      data: { port: probePort(failure), seconds: failure.probe?.timeoutSeconds ?? 1 },
      path: [...failure.path, ...(failure.probe?.timeoutSeconds === undefined ? [] : ['timeoutSeconds'])],
    }),
  },
  {
    id: 'readiness-exec-failed',
    confidence: 'certain',
    when: ({ probe }) => probe?.exec !== undefined,
    messages: {
      failed: 'The readiness command of container {container} in {workload} ends with an error: {output}',
      silent:
        'The readiness command of container {container} in {workload} ends with an error and says nothing.',
    },
    explain: ({ text, path }) => ({
      message: text.trim() === '' ? 'silent' : 'failed',
      data: { output: text.trim().split('\n')[0]?.slice(0, 300) },
      path: [...path, 'exec', 'command'],
    }),
  },
];

const modeOf = (row: Row): FailureMode =>
  defineMode({
    id: row.id,
    step: 'probes',
    severity: 'error',
    confidence: row.confidence,
    case: 'readiness-failing-no-ready-endpoints',
    messages: row.messages,
    detect(scene, { report }) {
      for (const failure of probeFailures(scene)) {
        if (
          failure.kind !== 'readiness' ||
          failure.errored ||
          failure.plainToTls ||
          OTHERS.test(failure.text)
        )
          continue;
        if (ROWS.find(({ when }) => when(failure)) !== row) continue;
        const { fact, event } = failure;
        const { message, data, path, evidence, confidence, lasting } = row.explain(failure, scene);
        if (failure.early && !lasting) continue;
        const place = declared(scene, fact.pod, path ?? failure.path);
        report(message, place.guilty, {
          data: { workload: nameOf(topOwner(scene, fact.pod)), container: fact.name, ...data },
          path: place.path,
          ...(confidence ? { confidence } : {}),
          evidence: [eventEvidence(event), fieldEvidence(fact.pod, failure.path), ...(evidence ?? [])],
          affects: [fact.pod],
          commands: [...describeCommand(fact.pod.ref), ...logCommand(fact)],
        });
      }
    },
  });

/** One mode for each way a readiness probe fails. */
export const readinessModes: readonly FailureMode[] = ROWS.map(modeOf);
