/** Rules about Services that are reachable from outside of the cluster. */
import type { Service } from '../kube/types.ts';
import { objectRule, type Rule } from './rule.ts';

export interface ServiceType {
  id: string;
  type: string;
  severity: 'info' | 'hint';
  sources: readonly string[];
  messages: { exposed: string; clusterIp: string };
}

export const serviceTypeRule = ({ type, ...meta }: ServiceType): Rule =>
  objectRule<Service>()({
    ...meta,
    group: 'networking',
    enabled: false,
    scope: 'object',
    kinds: ['Service'],
    case: 'service-exposed-outside',

    check({ object }, { report }) {
      if (object.spec?.type !== type) return;
      const path = ['spec', 'type'];
      const nodePorts = (object.spec.ports ?? []).flatMap((port, index) =>
        port?.nodePort === undefined ? [] : [['spec', 'ports', index, 'nodePort']],
      );
      report('exposed', path, {
        fixes: [
          {
            title: 'clusterIp',
            edits: [
              { op: 'set', path, value: 'ClusterIP' },
              ...nodePorts.map((place) => ({ op: 'delete' as const, path: place })),
            ],
          },
        ],
      });
    },
  });
