/** Edits that take an object to another version of its API. */
import { isEmptySelector } from '../kube/selector.ts';
import type { Resource } from '../kube/store.ts';
import type { PodDisruptionBudget, WorkloadObject } from '../kube/types.ts';
import { type Path, valueAt } from '../path.ts';
import { readObject } from '../schema/read.ts';
import type { KnownKind, Schema } from '../schema/schema.ts';
import type { EditOp } from '../yaml/edit.ts';
import { entryOf, type MapNode } from '../yaml/node.ts';

export interface Conversion {
  edits: EditOp[];
  /** The object means the same afterwards. */
  safe: boolean;
}

const API_VERSION: Path = ['apiVersion'];

/** How to write the object at another API version; undefined when that takes more than this knows. */
export function convert(resource: Resource, to: KnownKind, schema: Schema): Conversion | undefined {
  const node = resource.origin?.manifest.node;
  if (!node) return undefined;
  const version: EditOp = { op: 'set', path: API_VERSION, value: to.apiVersion };
  const { kind } = resource.ref;
  if (kind === 'Ingress' && to.apiVersion === 'networking.k8s.io/v1')
    return { edits: [version, ...ingressEdits(resource)], safe: false };
  if (kind === 'HorizontalPodAutoscaler') {
    const metrics = metricEdits(resource);
    if (!metrics) return undefined;
    if (metrics.length > 0) return { edits: [version, ...metrics], safe: false };
  }
  const missing = missingWith(node, to.apiVersion, resource, schema);
  if (missing === undefined) return undefined;
  if (missing.length === 0) return { edits: [version], safe: meansTheSame(resource) };
  const selector = selectorEdit(resource);
  const onlySelector = missing.length === 1 && missing[0] === 'spec.selector';
  return onlySelector && selector ? { edits: [version, selector], safe: false } : undefined;
}

/**
 * Required fields that the object lacks at another version and has no need of at its own; undefined when something
 * that is written has no place there.
 */
function missingWith(
  node: MapNode,
  apiVersion: string,
  { origin }: Resource,
  schema: Schema,
): string[] | undefined {
  const own = new Set(origin?.manifest.schemaProblems.map(({ kind, path }) => `${kind} ${path.join('.')}`));
  const { problems } = readObject(withApiVersion(node, apiVersion), schema);
  const fresh = problems.filter(({ kind, path }) => !own.has(`${kind} ${path.join('.')}`));
  if (fresh.some(({ kind }) => kind !== 'missing-required')) return undefined;
  return fresh.map(({ path }) => path.join('.'));
}

function withApiVersion(node: MapNode, apiVersion: string): MapNode {
  const entry = entryOf(node, 'apiVersion');
  const entries = node.entries.map((other) =>
    other === entry && other.value.kind === 'scalar'
      ? { ...other, value: { ...other.value, text: apiVersion, value: apiVersion } }
      : other,
  );
  return { ...node, entries };
}

/** An empty selector means nothing in policy/v1beta1 and everything in policy/v1. */
function meansTheSame({ ref, object }: Resource): boolean {
  if (ref.kind !== 'PodDisruptionBudget') return true;
  const { selector } = (object as PodDisruptionBudget).spec ?? {};
  return selector !== undefined && !isEmptySelector(selector);
}

/** Old workloads select the labels of their template when they do not say what they select. */
function selectorEdit({ object }: Resource): EditOp | undefined {
  const labels = (object as WorkloadObject).spec?.template?.metadata?.labels;
  if (!labels || Object.keys(labels).length === 0) return undefined;
  return { op: 'set', path: ['spec', 'selector'], value: { matchLabels: labels } };
}

function ingressEdits({ object }: Resource): EditOp[] {
  const edits: EditOp[] = [];
  const main = newBackend(valueAt(object, ['spec', 'backend']));
  if (main)
    edits.push(
      { op: 'delete', path: ['spec', 'backend'] },
      { op: 'set', path: ['spec', 'defaultBackend'], value: main },
    );
  for (const [i, rule] of asList(valueAt(object, ['spec', 'rules'])).entries())
    for (const [j, path] of asList(valueAt(rule, ['http', 'paths'])).entries()) {
      const at = ['spec', 'rules', i, 'http', 'paths', j];
      const backend = newBackend(valueAt(path, ['backend']));
      if (backend) edits.push({ op: 'set', path: [...at, 'backend'], value: backend });
      if (valueAt(path, ['pathType']) === undefined)
        edits.push({ op: 'set', path: [...at, 'pathType'], value: 'ImplementationSpecific' });
    }
  return edits;
}

function newBackend(backend: unknown): unknown {
  const name = valueAt(backend, ['serviceName']);
  const port = valueAt(backend, ['servicePort']);
  if (typeof name !== 'string') return undefined;
  if (typeof port === 'number') return { service: { name, port: { number: port } } };
  return { service: { name, ...(typeof port === 'string' ? { port: { name: port } } : {}) } };
}

/** Metrics in the shape of autoscaling/v2beta1, rewritten; undefined when one is of a kind that this does not know. */
function metricEdits({ object }: Resource): EditOp[] | undefined {
  const edits: EditOp[] = [];
  for (const [index, metric] of asList(valueAt(object, ['spec', 'metrics'])).entries()) {
    const name = valueAt(metric, ['resource', 'name']);
    const utilization = valueAt(metric, ['resource', 'targetAverageUtilization']);
    const average = valueAt(metric, ['resource', 'targetAverageValue']);
    const isOld = ['pods', 'object', 'external'].some(
      (type) =>
        valueAt(metric, [type]) !== undefined && valueAt(metric, [type, 'target', 'type']) === undefined,
    );
    if (isOld) return undefined;
    if (utilization === undefined && average === undefined) continue;
    const target =
      utilization === undefined
        ? { type: 'AverageValue', averageValue: average }
        : { type: 'Utilization', averageUtilization: utilization };
    edits.push({ op: 'set', path: ['spec', 'metrics', index, 'resource'], value: { name, target } });
  }
  return edits;
}

const asList = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
