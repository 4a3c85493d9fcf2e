/** Objects that fixes add. They say what is needed and no more; the author fills in the rest. */
import { matchesLabels } from '../kube/selector.ts';
import type { Resource } from '../kube/store.ts';
import type { Container, WorkloadObject } from '../kube/types.ts';
import { longRunning, podTemplateOf } from '../kube/workload.ts';
import type { NewObject } from '../yaml/addObject.ts';
import { DNS_PARAMS } from './dnsPolicy.ts';

/** An object of the namespace of another, which is left out where that one leaves it out. */
export const objectBeside = (
  { object }: Resource,
  {
    apiVersion,
    kind,
    name,
    ...body
  }: { apiVersion: string; kind: string; name: string; [field: string]: unknown },
): NewObject => {
  const { namespace } = object.metadata;
  return { apiVersion, kind, metadata: { name, ...(namespace ? { namespace } : {}) }, ...body };
};

/** Labels that select the pods of a workload: its own selector, or all labels of its template. Undefined without any. */
export function selectingLabels({ object }: Resource): Record<string, string> | undefined {
  const labels = podTemplateOf(object)?.metadata?.labels ?? {};
  const chosen = (object as WorkloadObject).spec?.selector?.matchLabels ?? {};
  const isChosen = Object.keys(chosen).length > 0 && matchesLabels(chosen, labels);
  const selecting = isChosen ? chosen : labels;
  return Object.keys(selecting).length > 0 ? selecting : undefined;
}

/** Ports of a Service for a workload: those that its containers declare. */
export function servicePorts({ object }: Resource): { name: string; port: number; protocol?: string }[] {
  const ports = longRunning(object).flatMap(({ container }) => declared(container));
  return ports.filter(({ name }, index) => ports.findIndex((other) => other.name === name) === index);
}

const declared = ({ ports = [] }: Container): { name: string; port: number; protocol?: string }[] =>
  ports.flatMap(({ name, containerPort, protocol }) =>
    typeof containerPort !== 'number'
      ? []
      : [
          {
            name: name ?? `port-${containerPort}`,
            port: containerPort,
            ...(protocol && protocol !== 'TCP' ? { protocol } : {}),
          },
        ],
  );

/** An egress rule that opens the cluster's DNS, on both of its ports. */
export const dnsEgressRule = (
  namespace: string = DNS_PARAMS.dnsNamespaces[0] ?? '',
  label: string = DNS_PARAMS.dnsLabels[0] ?? '',
): Record<string, unknown> => {
  const [key = '', value = ''] = label.split('=');
  return {
    to: [
      {
        namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
        podSelector: { matchLabels: { [key]: value } },
      },
    ],
    ports: [
      { protocol: 'UDP', port: 53 },
      { protocol: 'TCP', port: 53 },
    ],
  };
};
