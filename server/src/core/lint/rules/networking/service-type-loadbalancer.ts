import { serviceTypeRule } from '../../serviceType.ts';

export const serviceTypeLoadbalancer = serviceTypeRule({
  id: 'service-type-loadbalancer',
  type: 'LoadBalancer',
  severity: 'hint',
  sources: ['kube-linter/exposed-services', 'popeye/1103'],
  messages: {
    exposed: 'The Service asks for an address outside of the cluster, which exposes it and may cost money.',
    clusterIp: 'Keep it inside the cluster: ClusterIP',
  },
});
