import { parseQuantity } from '../../../kube/quantity.ts';
import type { IntOrString, Resources } from '../../../kube/types.ts';
import { containersOf, podTemplateOf, templatePath } from '../../../kube/workload.ts';
import { type Path, valueAt } from '../../../path.ts';
import { objectRule } from '../../rule.ts';

export const requestExceedsLimit = objectRule()({
  id: 'request-exceeds-limit',
  group: 'resources',
  severity: 'error',
  scope: 'object',
  kinds: 'pods',
  case: 'request-exceeds-limit',
  messages: {
    exceeds: 'The {resource} request {request} is above the limit {limit}: the API server refuses the pod.',
    lowerRequest: 'Request no more than the limit of {limit}',
    raiseLimit: 'Raise the limit to {request}',
  },

  check({ object }, { report }) {
    const base = templatePath(object.kind);
    const places: { resources: Resources | undefined; path: Path }[] = containersOf(object).map(
      ({ container, path }) => ({ resources: container.resources, path: [...path, 'resources'] }),
    );
    if (base)
      places.push({
        resources: valueAt(podTemplateOf(object)?.spec, ['resources']) as Resources | undefined,
        path: [...base, 'spec', 'resources'],
      });
    for (const { resources, path } of places)
      for (const [resource, request] of Object.entries(resources?.requests ?? {})) {
        const limit = resources?.limits?.[resource];
        if (!isAbove(request, limit)) continue;
        const place = [...path, 'requests', resource];
        const data = { resource, request, limit };
        report('exceeds', place, {
          data,
          fixes: [
            { title: 'lowerRequest', data, edits: [{ op: 'set', path: place, value: limit }] },
            {
              title: 'raiseLimit',
              data,
              edits: [{ op: 'set', path: [...path, 'limits', resource], value: request }],
            },
          ],
        });
      }
  },
});

function isAbove(request: IntOrString, limit: IntOrString | undefined): limit is IntOrString {
  const wanted = parseQuantity(request);
  const most = parseQuantity(limit);
  return wanted !== undefined && most !== undefined && wanted > most;
}
