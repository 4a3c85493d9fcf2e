/** From a Service's port to the container port behind it. */
import type { Path } from '../path.ts';
import type { Workload } from './store.ts';
import type { Container, ContainerPort, ServicePort } from './types.ts';
import { longRunning } from './workload.ts';

export interface DeclaredPort {
  port: ContainerPort;
  container: Container;
  /** Path of the port's entry in its object. */
  path: Path;
}

export const protocolOf = ({ protocol }: { protocol?: string }): string => protocol ?? 'TCP';

/** Ports that the containers of a workload declare; those of init containers that end do not count. */
export const declaredPorts = ({ object }: Pick<Workload, 'object'>): DeclaredPort[] =>
  longRunning(object).flatMap(({ container, path }) =>
    (container.ports ?? []).map((port, index) => ({ port, container, path: [...path, 'ports', index] })),
  );

/** What a Service port sends to: `targetPort`, or the port itself when there is none. */
export const targetPortOf = ({ targetPort, port }: ServicePort): number | string | undefined =>
  targetPort === undefined || targetPort === 0 || targetPort === '' ? port : targetPort;

/**
 * The declared port that a Service port reaches in a workload's pods, by name or number and protocol.
 * A number also works undeclared: undefined says nothing then.
 * https://pkg.go.dev/k8s.io/kubernetes/pkg/api/v1/pod#FindPort
 */
export function findTargetPort(
  workload: Pick<Workload, 'object'>,
  servicePort: ServicePort,
): DeclaredPort | undefined {
  const target = targetPortOf(servicePort);
  return declaredPorts(workload).find(
    ({ port }) =>
      protocolOf(port) === protocolOf(servicePort) &&
      (typeof target === 'string' ? port.name === target : port.containerPort === target),
  );
}

/** True when arguments or environment of a container speak of a port: it listens there without declaring it. */
export function mentionsPort({ command = [], args = [], env = [] }: Container, port: number): boolean {
  const word = new RegExp(`(?<![\\d.])${port}(?![\\d.])`);
  return [...command, ...args, ...env.map(({ value }) => value)].some(
    (text) => typeof text === 'string' && word.test(text),
  );
}
