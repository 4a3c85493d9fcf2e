import { objectRule } from '../../rule.ts';

const LABEL = 'app.kubernetes.io/instance';
const PATH = ['metadata', 'labels', LABEL];

export const instanceLabelMismatch = objectRule()({
  id: 'instance-label-mismatch',
  group: 'metadata',
  severity: 'hint',
  enabled: false,
  scope: 'object',
  kinds: 'all',
  case: 'recommended-labels',
  sources: ['polaris/metadataAndInstanceMismatched'],
  messages: {
    absent: '{kind} {name} has no label app.kubernetes.io/instance; tools group it with nothing.',
    differs:
      'Label app.kubernetes.io/instance is {value} and the object is called {name}; tools group it elsewhere.',
    setLabel: 'Set app.kubernetes.io/instance to {name}',
  },

  check({ object, ref }, { report }) {
    const { name, labels } = object.metadata;
    if (!name) return;
    const value = labels?.[LABEL];
    if (value === name) return;
    report(value === undefined ? 'absent' : 'differs', value === undefined ? ['metadata', 'name'] : PATH, {
      data: { kind: ref.kind, name, value },
      fixes: [
        { title: 'setLabel', data: { name }, safe: true, edits: [{ op: 'set', path: PATH, value: name }] },
      ],
    });
  },
});
