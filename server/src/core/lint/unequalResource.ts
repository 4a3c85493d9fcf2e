/** Rules that want a request equal to its limit. */
import { containersOf } from '../kube/workload.ts';
import { sameAmount } from './missingResource.ts';
import { objectRule, type Rule } from './rule.ts';

export interface UnequalResource {
  id: string;
  resource: string;
  sources: readonly string[];
  messages: { differs: string; noLimit: string; raiseRequest: string; setLimit: string };
}

export const unequalResourceRule = ({ resource, ...meta }: UnequalResource): Rule =>
  objectRule()({
    ...meta,
    group: 'resources',
    severity: 'hint',
    enabled: false,
    scope: 'object',
    kinds: 'pods',
    case: 'qos-class-eviction',

    check({ object }, { report }) {
      for (const { container, label, path } of containersOf(object)) {
        const request = container.resources?.requests?.[resource];
        const limit = container.resources?.limits?.[resource];
        // A limit alone becomes the request as well.
        if (request === undefined || sameAmount(request, limit)) continue;
        const place = [...path, 'resources', 'requests', resource];
        const data = { container: label, request, limit };
        const setLimit = {
          title: 'setLimit' as const,
          data,
          edits: [{ op: 'set' as const, path: [...path, 'resources', 'limits', resource], value: request }],
        };
        if (limit === undefined) report('noLimit', place, { data, fixes: [setLimit] });
        else
          report('differs', place, {
            data,
            fixes: [
              { title: 'raiseRequest', data, edits: [{ op: 'set', path: place, value: limit }] },
              setLimit,
            ],
          });
      }
    },
  });
