/** The commands worth knowing in a Netshoot terminal, with the real names of its pod. */
import type { Translate } from '../finding.ts';
import type { Pod, Service } from '../kube/types.ts';

export interface TerminalHint {
  command: string;
  /** What it answers, in the user's language. */
  why: string;
}

const messages = {
  listening: 'who listens on which port in this pod',
  service: 'the Service in front of it, by name',
  dns: 'whether the cluster DNS answers, and what',
  dnsServer: 'what the cluster DNS server answers',
  ownPort: 'the application itself, without Service and policy',
  traffic: 'what arrives and leaves; Ctrl+C ends it',
  routes: 'addresses and routes',
  resolver: 'which DNS server and search domains are used',
  nodeListening: 'who listens on this node',
  nodeConntrack: 'how full the connection table is',
} as const;

/** What Kubernetes allows in a name. Anything else does not get into a command. */
const NAME = /^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/;

/** Four hints for a pod. `services` are those that select it; `dnsServer` is the cluster IP of the DNS Service. */
export function podHints(
  pod: Pod,
  services: readonly Service[],
  dnsServer: string | undefined,
  translate: Translate,
): TerminalHint[] {
  const hint = (command: string, why: keyof typeof messages): TerminalHint => ({
    command,
    why: translate(messages[why]),
  });
  const port = firstPort(pod);
  const service = services.find(({ metadata }) => NAME.test(metadata.name ?? ''));
  const name = service && `${service.metadata.name}.${service.metadata.namespace ?? 'default'}`;
  const servicePort = service?.spec?.ports?.[0]?.port;
  const hints = [
    hint('ss -ltnp', 'listening'),
    ...(port ? [hint(`curl -sv -m 5 http://127.0.0.1:${port}/`, 'ownPort')] : []),
    ...(name && servicePort ? [hint(`nc -zvw 3 ${name} ${servicePort}`, 'service')] : []),
    ...(dnsServer && isAddress(dnsServer)
      ? [hint(`dig +search +short ${name ?? 'kubernetes.default'} @${dnsServer}`, 'dnsServer')]
      : [hint(`dig +search +short ${name ?? 'kubernetes.default'}`, 'dns')]),
    hint('cat /etc/resolv.conf', 'resolver'),
    hint(port ? `tcpdump -ni any port ${port}` : 'tcpdump -ni any not port 22', 'traffic'),
  ];
  return hints.slice(0, 4);
}

/** Four hints for a node's own network. */
export function nodeHints(translate: Translate): TerminalHint[] {
  return (
    [
      ['ss -ltnp', 'nodeListening'],
      ['ip -br address; ip route', 'routes'],
      ['sysctl net.netfilter.nf_conntrack_count net.netfilter.nf_conntrack_max', 'nodeConntrack'],
      ['tcpdump -ni any udp port 53', 'traffic'],
    ] as const
  ).map(([command, why]) => ({ command, why: translate(messages[why]) }));
}

const firstPort = (pod: Pod): number | undefined =>
  pod.spec?.containers?.flatMap(({ ports }) => ports ?? []).find(({ containerPort }) => containerPort)
    ?.containerPort;

const isAddress = (text: string): boolean => /^[0-9a-f.:]+$/i.test(text);
