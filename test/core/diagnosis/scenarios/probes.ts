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

const http = (port: number | string, more: Probe = {}): Probe => ({
  httpGet: { path: '/ready', port },
  ...more,
});

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

/** A status 400 behind which no word of the server says that it wants TLS: the path may be what it does not like. */
const badRequest = probed(
  'readiness',
  'HTTP probe failed with statuscode: 400',
  { probe: http(8443), log: 'listening for HTTPS on :8443' },
  false,
);

export const probes: Scenario[] = [
  // What the command says is of a connection of its own.
  probe(
    'readiness-exec-failed',
    'readiness',
    'dial tcp 10.96.7.7:5432: connect: connection refused\n',
    { probe: { exec: { command: ['check.sh'] } } },
    `${C}.readinessProbe.exec.command`,
    'The readiness command of container app in Deployment web ends with an error: dial tcp 10.96.7.7:5432: connect: connection refused',
  ),
  { mode: 'probe-https-mismatch', silent: [badRequest] },
  probe(
    'probe-errored',
    'liveness',
    'rpc error: code = NotFound desc = container not running',
    { verb: 'errored and resulted in unknown state', probe: { exec: { command: ['true'] } } },
    `${C}.livenessProbe`,
    'The liveness probe of container app in Deployment web could not be run: rpc error: code = NotFound desc = container not running.',
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
        ...gate('False'),
        message:
          'Readiness gate lb.example/ready of Deployment web is False, so the pod is not ready although its containers are.',
      },
    ],
    silent: [gate('True')],
  },
];
