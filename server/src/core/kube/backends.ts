/** The Services that an Ingress sends to, in the shapes of all its API versions. */
import { type Path, valueAt } from '../path.ts';
import type { KubeObject } from './object.ts';

export interface Backend {
  service: string;
  servicePath: Path;
  /** Number or name of the Service's port; undefined while it is not written. */
  port?: number | string;
  portPath?: Path;
}

/** Backends with a Service name, the default first. Resource backends are no Services. */
export function backendsOf(object: KubeObject): Backend[] {
  const places: Path[] = [
    ['spec', 'defaultBackend'],
    ['spec', 'backend'],
  ];
  const rules = valueAt(object, ['spec', 'rules']);
  for (const [i, rule] of asList(rules).entries())
    for (const j of asList(valueAt(rule, ['http', 'paths'])).keys())
      places.push(['spec', 'rules', i, 'http', 'paths', j, 'backend']);
  return places.flatMap((place) => readBackend(object, place) ?? []);
}

function readBackend(object: KubeObject, place: Path): Backend | undefined {
  const service = valueAt(object, [...place, 'service', 'name']);
  if (typeof service === 'string' && service !== '') {
    const port = [...place, 'service', 'port'];
    const backend: Backend = { service, servicePath: [...place, 'service', 'name'] };
    for (const field of ['number', 'name']) {
      const value = valueAt(object, [...port, field]);
      if (isPort(value)) return { ...backend, port: value, portPath: [...port, field] };
    }
    return backend;
  }
  const legacy = valueAt(object, [...place, 'serviceName']);
  if (typeof legacy !== 'string' || legacy === '') return undefined;
  const value = valueAt(object, [...place, 'servicePort']);
  const backend: Backend = { service: legacy, servicePath: [...place, 'serviceName'] };
  return isPort(value) ? { ...backend, port: value, portPath: [...place, 'servicePort'] } : backend;
}

const asList = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

const isPort = (value: unknown): value is number | string =>
  typeof value === 'number' || typeof value === 'string';
