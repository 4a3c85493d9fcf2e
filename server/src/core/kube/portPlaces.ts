/** Every place of a built-in object that holds a port's number or name. */

import type { Path } from '../path.ts';
import { remember } from '../remember.ts';
import { backendsOf } from './backends.ts';
import { isBuiltinGroup, type KubeObject } from './object.ts';
import { groupOf } from './ref.ts';
import type { Container, Handler, NetworkPolicy, Service } from './types.ts';
import { containersOf } from './workload.ts';

export interface PortPlace {
  path: Path;
  value: number | string;
  /**
   * number: takes a number only. host: the same, 0 means none. reference: a number, or the name of a port elsewhere.
   * name: gives a container port its name.
   */
  role: 'number' | 'host' | 'reference' | 'name';
}

/** The ports of pods, Services, policies and Ingresses that are written and of a sound type. */
export const portPlaces = remember((object: KubeObject): readonly PortPlace[] => {
  const ofKind = isBuiltinGroup(groupOf(object.apiVersion)) ? BY_KIND.get(object.kind) : undefined;
  if (ofKind) return ofKind(object);
  return containersOf(object).flatMap(({ container, path }) => containerPorts(container, path));
});

const BY_KIND = new Map<string, (object: KubeObject) => PortPlace[]>([
  ['Service', servicePorts],
  ['NetworkPolicy', policyPorts],
  ['Ingress', ingressPorts],
]);

function ingressPorts(object: KubeObject): PortPlace[] {
  return backendsOf(object).flatMap(({ port, portPath }) =>
    port !== undefined && portPath ? [{ path: portPath, value: port, role: 'reference' as const }] : [],
  );
}

function containerPorts(container: Container, path: Path): PortPlace[] {
  const places: PortPlace[] = [];
  for (const [index, port] of (container.ports ?? []).entries()) {
    const at = [...path, 'ports', index];
    add(places, [...at, 'containerPort'], port.containerPort, 'number');
    add(places, [...at, 'hostPort'], port.hostPort, 'host');
    add(places, [...at, 'name'], port.name, 'name');
  }
  for (const probe of ['livenessProbe', 'readinessProbe', 'startupProbe'] as const)
    handlerPorts(places, container[probe], [...path, probe]);
  for (const hook of ['postStart', 'preStop'] as const)
    handlerPorts(places, container.lifecycle?.[hook], [...path, 'lifecycle', hook]);
  return places;
}

function handlerPorts(places: PortPlace[], handler: Handler | undefined, path: Path): void {
  add(places, [...path, 'httpGet', 'port'], handler?.httpGet?.port, 'reference');
  add(places, [...path, 'tcpSocket', 'port'], handler?.tcpSocket?.port, 'reference');
  add(places, [...path, 'grpc', 'port'], handler?.grpc?.port, 'number');
}

function servicePorts(object: Service): PortPlace[] {
  const places: PortPlace[] = [];
  for (const [index, { port, targetPort, nodePort }] of (object.spec?.ports ?? []).entries()) {
    const at = ['spec', 'ports', index];
    add(places, [...at, 'port'], port, 'number');
    // 0 is as good as absent: the port itself.
    add(places, [...at, 'targetPort'], targetPort === 0 ? undefined : targetPort, 'reference');
    add(places, [...at, 'nodePort'], nodePort, 'host');
  }
  return places;
}

function policyPorts(object: NetworkPolicy): PortPlace[] {
  const places: PortPlace[] = [];
  for (const direction of ['ingress', 'egress'] as const)
    for (const [i, { ports = [] }] of (object.spec?.[direction] ?? []).entries())
      for (const [j, { port, endPort }] of ports.entries()) {
        const at = ['spec', direction, i, 'ports', j];
        add(places, [...at, 'port'], port, 'reference');
        add(places, [...at, 'endPort'], endPort, 'number');
      }
  return places;
}

function add(places: PortPlace[], path: Path, value: unknown, role: PortPlace['role']): void {
  if (typeof value === 'number' || (typeof value === 'string' && value !== ''))
    places.push({ path, value, role });
}
