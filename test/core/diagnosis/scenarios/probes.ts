import type { Container, ContainerStatus, PodSpec, Probe } from '../../../../server/src/core/kube/types.ts';
import * as o from '../../../tools/objects.ts';
import type { Case, Scenario } from './scenario.ts';

const C = 'Deployment/shop/web spec.template.spec.containers[0]';
type Kind = 'readiness' | 'liveness' | 'startup';
const LABEL = { readiness: 'Readiness', liveness: 'Liveness', startup: 'Startup' };

interface Options {
  probe?: Probe;
  container?: Container;
  log?: string;
  /** What the event says behind `… probe `. */
  verb?: string;
  state?: Partial<ContainerStatus>;
  kill?: string;
}

function probed(kind: Kind, text: string, options: Options, healthy: boolean): Case {
  const {
    probe = {},
    verb = 'failed',
    state = kind === 'readiness' ? o.unready() : o.crashed(137),
  } = options;
  const web = o.deployment('web', {
    container: { [`${kind}Probe`]: probe, ...options.container },
    podOptions: () => (healthy ? {} : { states: { app: state } }),
  });
  const [pod] = web.pods;
  const events = [
    o.event(pod!, 'Unhealthy', `${LABEL[kind]} probe ${verb}: ${text}`, { count: 30 }),
    ...(options.kill ? [o.event(pod!, 'Killing', options.kill, { type: 'Normal', count: 4 })] : []),
  ];
  const crashed = state.state?.running === undefined;
  return {
    objects: [...web.all, ...events],
    subject: web.deployment,
    ...(options.log
      ? {
          extra: {
            logs: [
              o.logOf(pod!, options.log, 'app', false),
              ...(crashed ? [o.logOf(pod!, options.log, 'app', true)] : []),
            ],
          },
        }
      : {}),
  };
}

/** The probe of a container in trouble; and the same event behind one that is ready. */
const probe = (
  mode: string,
  kind: Kind,
  text: string,
  options: Options,
  at: string,
  message: string,
): Scenario => ({
  mode,
  fires: [{ ...probed(kind, text, options, false), at, message }],
  silent: [probed(kind, text, options, true)],
});

const refused = 'dial tcp 10.244.1.7:8081: connect: connection refused';
const http = (port: number | string, more: Probe = {}): Probe => ({
  httpGet: { path: '/ready', port },
  ...more,
});
const KILL = 'Container app failed liveness probe, will be restarted';

function hook(healthy: boolean): Case {
  const web = o.deployment('web', {
    container: { lifecycle: { postStart: { exec: { command: ['check', 'self'] } } } },
    // Later than in its recording: the back-off has covered the reason, and the application handled SIGTERM.
    podOptions: () => (healthy ? {} : { states: { app: o.crashed(0, 'Completed') } }),
  });
  const [pod] = web.pods;
  const events = [
    o.event(pod!, 'FailedPostStartHook', 'PostStartHook failed', { count: 4 }),
    o.event(pod!, 'Killing', 'FailedPostStartHook', { type: 'Normal', count: 4 }),
  ];
  return { objects: [...web.all, ...events], subject: web.deployment };
}

function gate(status: string | undefined): Case {
  const spec: PodSpec = { readinessGates: [{ conditionType: 'lb.example/ready' }] };
  const web = o.deployment('web', {
    spec,
    podOptions: () => ({
      status: {
        conditions: [
          o.condition('ContainersReady', 'True'),
          o.condition(
            'Ready',
            status === 'True' ? 'True' : 'False',
            'ReadinessGatesNotReady',
            'corresponding condition of pod readiness gate "lb.example/ready" does not exist.',
          ),
          ...(status ? [o.condition('lb.example/ready', status)] : []),
        ],
      },
    }),
  });
  return { objects: web.all, subject: web.deployment };
}

export const probes: Scenario[] = [
  probe(
    'readiness-connection-refused',
    'readiness',
    `Get "http://10.244.1.7:8081/ready": ${refused}`,
    { probe: http(8081), container: { ports: [{ containerPort: 8080 }] } },
    `${C}.readinessProbe.httpGet.port`,
    'The readiness probe of Deployment web asks port 8081; container app declares 8080.',
  ),
  probe(
    'readiness-connection-refused',
    'readiness',
    refused,
    { probe: { tcpSocket: { port: 8081 } } },
    `${C}.readinessProbe.tcpSocket.port`,
    'The readiness probe of Deployment web asks port 8081 of container app and nothing listens there.',
  ),
  probe(
    'readiness-http-status',
    'readiness',
    'HTTP probe failed with statuscode: 404',
    { probe: http(8080) },
    `${C}.readinessProbe.httpGet.path`,
    'The readiness probe of Deployment web asks for /ready on port 8080 and the application has no such path (HTTP 404).',
  ),
  probe(
    'readiness-timeout',
    'readiness',
    'Get "http://10.244.1.7:8080/ready": context deadline exceeded (Client.Timeout exceeded while awaiting headers)',
    { probe: http(8080) },
    `${C}.readinessProbe`,
    'The readiness probe of Deployment web gets no answer from container app on port 8080 within 1 s.',
  ),
  // What the command says is of a connection of its own.
  probe(
    'readiness-exec-failed',
    'readiness',
    'dial tcp 10.96.7.7:5432: connect: connection refused\n',
    { probe: { exec: { command: ['check.sh'] } } },
    `${C}.readinessProbe.exec.command`,
    'The readiness command of container app in Deployment web ends with an error: dial tcp 10.96.7.7:5432: connect: connection refused',
  ),
  probe(
    'readiness-exec-failed',
    'readiness',
    'dial tcp 10.96.7.7:5432: i/o timeout\n',
    { probe: { exec: { command: ['check.sh'] } } },
    `${C}.readinessProbe.exec.command`,
    'The readiness command of container app in Deployment web ends with an error: dial tcp 10.96.7.7:5432: i/o timeout',
  ),
  probe(
    'readiness-exec-failed',
    'readiness',
    'psql: FATAL: role "web" does not exist\n',
    { probe: { exec: { command: ['check.sh'] } } },
    `${C}.readinessProbe.exec.command`,
    'The readiness command of container app in Deployment web ends with an error: psql: FATAL: role "web" does not exist',
  ),
  probe(
    'probe-https-mismatch',
    'readiness',
    'Get "https://10.244.1.7:8443/ready": http: server gave HTTP response to HTTPS client',
    { probe: { httpGet: { path: '/ready', port: 8443, scheme: 'HTTPS' } } },
    `${C}.readinessProbe.httpGet.scheme`,
    'The readiness probe of Deployment web speaks HTTPS to port 8443 of container app, which answers in the other scheme.',
  ),
  probe(
    'exec-probe-timeout',
    'readiness',
    'command timed out: "sleep 5" timed out after 1s',
    { verb: 'errored and resulted in unknown state', probe: { exec: { command: ['sleep', '5'] } } },
    `${C}.readinessProbe`,
    'The readiness command of container app in Deployment web takes longer than its 1 s: sleep 5.',
  ),
  probe(
    'grpc-probe-unimplemented',
    'readiness',
    'error: this server does not implement the grpc health protocol (grpc.health.v1.Health)',
    { probe: { grpc: { port: 9090 } } },
    `${C}.readinessProbe.grpc`,
    'The readiness probe of Deployment web asks the gRPC health service on port 9090 of container app: this server does not implement the grpc health protocol (grpc.health.v1.Health).',
  ),
  probe(
    'probe-errored',
    'liveness',
    'rpc error: code = NotFound desc = container not running',
    { verb: 'errored and resulted in unknown state', probe: { exec: { command: ['true'] } } },
    `${C}.livenessProbe`,
    'The liveness probe of container app in Deployment web could not be run: rpc error: code = NotFound desc = container not running.',
  ),
  probe(
    'liveness-misconfigured-restart-loop',
    'liveness',
    refused,
    {
      probe: { tcpSocket: { port: 8081 } },
      kill: KILL,
      log: 'listening on 8080',
      state: o.crashed(0, 'Completed'),
    },
    `${C}.livenessProbe.tcpSocket.port`,
    'The liveness probe of Deployment web asks port 8081 and kills container app, which listens on 8080.',
  ),
  probe(
    'liveness-probe-slow-start',
    'liveness',
    refused,
    {
      probe: { tcpSocket: { port: 8080 }, periodSeconds: 5 },
      kill: KILL,
      log: 'loading caches 3/9',
      state: o.crashed(143, 'Error', { lived: 15 }),
    },
    `${C}.livenessProbe`,
    'The liveness probe of Deployment web kills container app after 15 s, while it is still starting; there is no startupProbe.',
  ),
  {
    mode: 'poststart-hook-failed',
    fires: [
      {
        ...hook(false),
        at: `${C}.lifecycle.postStart`,
        message:
          'The postStart hook of container app in Deployment web fails, so the kubelet kills the container: check self.',
      },
    ],
    silent: [hook(true)],
  },
  {
    mode: 'pod-readiness-gate-unmet',
    fires: [
      {
        ...gate(undefined),
        at: 'Deployment/shop/web spec.template.spec.readinessGates[0]',
        message:
          'Readiness gate lb.example/ready of Deployment web has no condition: its controller has not written one.',
      },
      {
        ...gate('False'),
        message:
          'Readiness gate lb.example/ready of Deployment web is False, so the pod is not ready although its containers are.',
      },
    ],
    silent: [gate('True')],
  },
];
