import { portPlaces } from '../../../kube/portPlaces.ts';
import { objectRule } from '../../rule.ts';
import { fieldOf } from '../../schemaProblems.ts';

const MAX_PORT = 65535;

export const portOutOfRange = objectRule()({
  id: 'port-out-of-range',
  group: 'schema',
  severity: 'error',
  scope: 'object',
  kinds: 'all',
  case: 'port-numbers-and-names',
  sources: ['kube-linter/invalid-target-ports'],
  messages: {
    outOfRange: '{field} is {value}, and ports go from 1 to 65535; the API server refuses the object.',
  },

  check({ object }, { report }) {
    for (const { path, value, role } of portPlaces(object)) {
      if (typeof value !== 'number') continue;
      const lowest = role === 'host' ? 0 : 1;
      if (value < lowest || value > MAX_PORT)
        report('outOfRange', path, { data: { field: fieldOf(path), value } });
    }
  },
});
