import { serviceTypeRule } from '../../serviceType.ts';

export const serviceTypeNodeport = serviceTypeRule({
  id: 'service-type-nodeport',
  type: 'NodePort',
  severity: 'info',
  sources: ['kube-score/service-type', 'kube-linter/exposed-services', 'popeye/1104'],
  messages: {
    exposed: 'The Service opens a port on every node: whoever reaches a node reaches it.',
    clusterIp: 'Keep it inside the cluster: ClusterIP',
  },
});
