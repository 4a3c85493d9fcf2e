/** What rules about probes and lifecycle hooks share. */
import type { Container, Handler, Probe } from '../kube/types.ts';
import type { Path } from '../path.ts';

export const PROBE_FIELDS = ['startupProbe', 'readinessProbe', 'livenessProbe'] as const;
export type ProbeField = (typeof PROBE_FIELDS)[number];

export interface PlacedHandler {
  handler: Handler;
  /** Path from the container. */
  path: Path;
}

/** The probes of a container. */
export const probesOf = (container: Container): { field: ProbeField; probe: Probe }[] =>
  PROBE_FIELDS.flatMap((field) => {
    const probe = container[field];
    return isMap(probe) ? [{ field, probe }] : [];
  });

/** Probes and hooks of a container. */
export function handlersOf(container: Container): PlacedHandler[] {
  const handlers: PlacedHandler[] = probesOf(container).map(({ field, probe }) => ({
    handler: probe,
    path: [field],
  }));
  for (const hook of ['postStart', 'preStop'] as const) {
    const handler = container.lifecycle?.[hook];
    if (isMap(handler)) handlers.push({ handler, path: ['lifecycle', hook] });
  }
  return handlers;
}

const HANDLERS = ['httpGet', 'tcpSocket', 'grpc'] as const;

/** The port a handler connects to; undefined when it connects to none. */
export function handlerPort(handler: Handler): { port: number | string; path: Path } | undefined {
  for (const kind of HANDLERS) {
    const port = handler[kind]?.port;
    if (typeof port === 'number' || typeof port === 'string') return { port, path: [kind, 'port'] };
  }
  return undefined;
}

/** What a probe does, without its timing. */
export const handlerOf = ({ exec, httpGet, tcpSocket, grpc }: Handler): Handler => ({
  ...(exec ? { exec } : {}),
  ...(httpGet ? { httpGet } : {}),
  ...(tcpSocket ? { tcpSocket } : {}),
  ...(grpc ? { grpc } : {}),
});

/** Values in effect: https://pkg.go.dev/k8s.io/api/core/v1#Probe */
export const timingOf = (probe: Probe) => ({
  initialDelaySeconds: probe.initialDelaySeconds ?? 0,
  periodSeconds: probe.periodSeconds || 10,
  timeoutSeconds: probe.timeoutSeconds || 1,
  failureThreshold: probe.failureThreshold || 3,
});

/** Seconds of failure until a probe acts. */
export function budgetOf(probe: Probe): number {
  const { periodSeconds, failureThreshold } = timingOf(probe);
  return periodSeconds * failureThreshold;
}

const isMap = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
