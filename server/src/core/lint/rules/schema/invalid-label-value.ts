import { isBuiltinGroup, type KubeObject } from '../../../kube/object.ts';
import { groupOf } from '../../../kube/ref.ts';
import type { Path } from '../../../path.ts';
import { objectRule } from '../../rule.ts';

const MAX_LENGTH = 63;
const VALUE = /^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$/;

/** Fields that hold labels wherever they stand in a built-in object. */
const LABEL_MAPS = new Set(['labels', 'matchLabels', 'nodeSelector']);
/** Free text: what looks like labels in there is none. */
const CLOSED = new Set(['annotations', 'data', 'stringData', 'binaryData', 'status', 'parameters']);
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
    for (const { value, path } of labelValues(object, ref.apiVersion)) {
      if (value.includes('${')) continue;
      const legalCharacters = VALUE.test(value);
      if (legalCharacters && value.length <= MAX_LENGTH) continue;
      const legal = legalValue(value);
      report(legalCharacters ? 'tooLong' : 'characters', path, {
        data: {
          value: JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value),
          length: value.length,
        },
        fixes:
          legal === '' ? [] : [{ title: 'use', data: { legal }, edits: [{ op: 'set', path, value: legal }] }],
      });
    }
  },
});

const legalValue = (value: string): string =>
  value
    .replace(/[^-A-Za-z0-9_.]+/g, '-')
    .slice(0, MAX_LENGTH)
    .replace(/^[^A-Za-z0-9]+|[^A-Za-z0-9]+$/g, '');

interface LabelValue {
  value: string;
  path: Path;
}

function labelValues(object: KubeObject, apiVersion: string): LabelValue[] {
  const found: LabelValue[] = [];
  const isBuiltin = isBuiltinGroup(groupOf(apiVersion)) && object.kind !== CRD;
  if (isBuiltin) collect(object, [], found);
  else addMap(object.metadata.labels, ['metadata', 'labels'], found);
  // The selector of a Service is a map of labels without a field for it.
  if (isBuiltin && (object.kind === 'Service' || object.kind === 'ReplicationController')) {
    const { spec } = object as { spec?: { selector?: unknown } };
    addMap(spec?.selector, ['spec', 'selector'], found);
  }
  return found;
}

function collect(value: unknown, path: Path, into: LabelValue[]): void {
  if (typeof value !== 'object' || value === null) return;
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) collect(item, [...path, index], into);
    return;
  }
  for (const [key, child] of Object.entries(value)) {
    if (LABEL_MAPS.has(key) && !Array.isArray(child)) addMap(child, [...path, key], into);
    else if (!CLOSED.has(key)) collect(child, [...path, key], into);
  }
}

function addMap(map: unknown, path: Path, into: LabelValue[]): void {
  if (typeof map !== 'object' || map === null) return;
  for (const [key, value] of Object.entries(map))
    if (typeof value === 'string') into.push({ value, path: [...path, key] });
}
