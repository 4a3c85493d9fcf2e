/** Rules that ask every container for a request or a limit. */
import { parseQuantity } from '../kube/quantity.ts';
import type { Container, IntOrString } from '../kube/types.ts';
import { containersOf, podTemplateOf } from '../kube/workload.ts';
import { valueAt } from '../path.ts';
import { objectRule, type Rule } from './rule.ts';

export interface MissingResource {
  id: string;
  list: 'requests' | 'limits';
  resource: 'cpu' | 'memory';
  severity: 'info' | 'hint';
  enabled: boolean;
  case: string;
  sources: readonly string[];
  /** What the fix writes when the container gives no hint. */
  standard: string;
  messages: { missing: string; set: string };
}

export const missingResourceRule = ({ list, resource, standard, ...meta }: MissingResource): Rule =>
  objectRule()({
    ...meta,
    group: 'resources',
    scope: 'object',
    kinds: 'pods',
    /** Init containers too. */
    params: { includeInit: false },

    check({ object }, { params, report }) {
      // Requests and limits of the whole pod (1.34) stand in for those of its containers.
      if (valueAt(podTemplateOf(object)?.spec, ['resources', list, resource]) !== undefined) return;
      for (const { container, label, path, role } of containersOf(object)) {
        if (role === 'init' && !params.includeInit) continue;
        if (has(container, list, resource)) continue;
        // The API server copies a limit to an absent request.
        if (list === 'requests' && has(container, 'limits', resource)) continue;
        const request = container.resources?.requests?.[resource];
        const value =
          list === 'limits' && resource === 'memory' && request !== undefined ? request : standard;
        const place = [...path, 'resources', list, resource];
        report('missing', place, {
          data: { container: label },
          fixes: [{ title: 'set', data: { value }, edits: [{ op: 'set', path: place, value }] }],
        });
      }
    },
  });

const has = ({ resources }: Container, list: 'requests' | 'limits', resource: string): boolean =>
  resources?.[list]?.[resource] !== undefined && resources[list][resource] !== null;

/** True when two quantities are the same amount, however they are written. */
export const sameAmount = (a: IntOrString | undefined, b: IntOrString | undefined): boolean =>
  parseQuantity(a) === parseQuantity(b);
