import { isBuiltinGroup, type KubeObject } from '../../../kube/object.ts';
import { groupOf } from '../../../kube/ref.ts';
import type { Path } from '../../../path.ts';
import { objectRule } from '../../rule.ts';

const MAX_LENGTH = 63;
const VALUE = /^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$/;

/** Fields that hold labels wherever they stand in a built-in object. */
const LABEL_MAPS = new Set<string | number>(['labels', 'matchLabels', 'nodeSelector']);
/** Free text: what looks like labels in there is none. */
const CLOSED = new Set<string | number>([
  'annotations',
  'data',
  'stringData',
  'binaryData',
  'status',
  'parameters',
]);
/** Its schemas describe fields of any name. */
const CRD = 'CustomResourceDefinition';

export const invalidLabelValue = objectRule()({
  id: 'invalid-label-value',
  group: 'schema',
  severity: 'error',
  scope: 'object',
  kinds: 'all',
  case: 'names-and-labels',
  sources: ['kube-score/label-values'],
  messages: {
    characters:
      'Label value {value} may only hold letters, digits, hyphens, underscores and dots, and letters or digits at its ends; the API server refuses the object.',
    tooLong:
      'Label value {value} has {length} characters, and at most 63 are allowed; the API server refuses the object.',
    use: 'Use {legal}',
  },

  check({ object, ref }, { report }) {
    eachLabel(object, ref.apiVersion, (value, path) => {
      const legalCharacters = VALUE.test(value);
      if ((legalCharacters && value.length <= MAX_LENGTH) || value.includes('${')) return;
      const legal = legalValue(value);
      const at = [...path];
      report(legalCharacters ? 'tooLong' : 'characters', at, {
        data: {
          value: JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value),
          length: value.length,
        },
        fixes:
          legal === ''
            ? []
            : [{ title: 'use', data: { legal }, edits: [{ op: 'set', path: at, value: legal }] }],
      });
    });
  },
});

const legalValue = (value: string): string =>
  value
    .replace(/[^-A-Za-z0-9_.]+/g, '-')
    .slice(0, MAX_LENGTH)
    .replace(/^[^A-Za-z0-9]+|[^A-Za-z0-9]+$/g, '');

/** Told of a label's value and where it stands; the path is changed behind the call. */
type Visitor = (value: string, path: Path) => void;

function eachLabel(object: KubeObject, apiVersion: string, visit: Visitor): void {
  const isBuiltin = isBuiltinGroup(groupOf(apiVersion)) && object.kind !== CRD;
  if (isBuiltin) collect(object, [], visit);
  else eachIn(object.metadata.labels, ['metadata', 'labels'], visit);
  // The selector of a Service is a map of labels without a field for it.
  if (isBuiltin && (object.kind === 'Service' || object.kind === 'ReplicationController')) {
    const { spec } = object as { spec?: { selector?: unknown } };
    eachIn(spec?.selector, ['spec', 'selector'], visit);
  }
}

function collect(value: object, path: (string | number)[], visit: Visitor): void {
  const steps = Array.isArray(value) ? value.keys() : Object.keys(value);
  for (const step of steps) {
    const child = (value as Record<string | number, unknown>)[step];
    if (typeof child !== 'object' || child === null) continue;
    path.push(step);
    if (LABEL_MAPS.has(step) && !Array.isArray(child)) eachIn(child, path, visit);
    else if (!CLOSED.has(step)) collect(child, path, visit);
    path.pop();
  }
}

function eachIn(map: unknown, path: (string | number)[], visit: Visitor): void {
  if (typeof map !== 'object' || map === null) return;
  for (const [key, value] of Object.entries(map)) {
    if (typeof value !== 'string') continue;
    path.push(key);
    visit(value, path);
    path.pop();
  }
}
