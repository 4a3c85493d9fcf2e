import { mkdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import type { Api } from './api.ts';
import type { Built } from './build.ts';
import { clusterDomain, type Mode, type Plan } from './layout.ts';
import type { Pki } from './pki.ts';
import type { Processes } from './processes.ts';
import { until } from './run.ts';

export interface ControlPlane {
  mode: Mode;
  plan: Plan;
  built: Built;
  processes: Processes;
  pki: Pki;
  /** Where the API server listens. */
  address: string;
  port: number;
  etcdPorts: readonly [number, number];
  controllerPort: number;
  schedulerPort: number;
}

export const serverOf = (plane: ControlPlane): string => `https://${plane.address}:${plane.port}`;

/** Ports that are free on loopback now. All are held until the last is known, so that no two are the same. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer();
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      return server;
    }),
  );
  const ports = servers.map((server) => {
    const address = server.address();
    return typeof address === 'object' && address ? address.port : 0;
  });
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

export function startEtcd(plane: ControlPlane): void {
  const [client, peer] = plane.etcdPorts.map((port) => `http://127.0.0.1:${port}`) as [string, string];
  const data = join(plane.processes.stateDir, 'etcd');
  mkdirSync(data, { recursive: true, mode: 0o700 });
  plane.processes.start({
    name: 'etcd',
    argv: [
      `${plane.built.etcd}/etcd`,
      `--data-dir=${data}`,
      '--name=default',
      `--listen-client-urls=${client}`,
      `--advertise-client-urls=${client}`,
      `--listen-peer-urls=${peer}`,
      `--initial-advertise-peer-urls=${peer}`,
      `--initial-cluster=default=${peer}`,
      // The cluster lives as long as the machine is up: a write that a power cut would lose is good enough.
      '--unsafe-no-fsync',
      '--log-level=warn',
    ],
  });
}

export function startApiServer(plane: ControlPlane): void {
  const { pki, plan } = plane;
  plane.processes.start({
    name: 'kube-apiserver',
    argv: [
      `${plane.built['control-plane']}/kube-apiserver`,
      `--etcd-servers=http://127.0.0.1:${plane.etcdPorts[0]}`,
      `--bind-address=${plane.address}`,
      `--secure-port=${plane.port}`,
      ...advertised(plane),
      `--service-cluster-ip-range=${plan.serviceRange}`,
      `--tls-cert-file=${pki.file('apiserver.crt')}`,
      `--tls-private-key-file=${pki.file('apiserver.key')}`,
      `--client-ca-file=${pki.file('ca.crt')}`,
      `--kubelet-certificate-authority=${pki.file('ca.crt')}`,
      `--kubelet-client-certificate=${pki.file('kubelet-client.crt')}`,
      `--kubelet-client-key=${pki.file('kubelet-client.key')}`,
      '--kubelet-preferred-address-types=InternalIP',
      `--service-account-issuer=https://kubernetes.default.svc.${clusterDomain}`,
      `--service-account-signing-key-file=${pki.file('service-account.key')}`,
      `--service-account-key-file=${pki.file('service-account.crt')}`,
      `--requestheader-client-ca-file=${pki.file('front-proxy-ca.crt')}`,
      '--requestheader-allowed-names=front-proxy-client',
      '--requestheader-extra-headers-prefix=X-Remote-Extra-',
      '--requestheader-group-headers=X-Remote-Group',
      '--requestheader-username-headers=X-Remote-User',
      `--proxy-client-cert-file=${pki.file('front-proxy-client.crt')}`,
      `--proxy-client-key-file=${pki.file('front-proxy-client.key')}`,
      '--authorization-mode=Node,RBAC',
      '--enable-admission-plugins=NodeRestriction',
      '--allow-privileged=true',
      // kube-proxy runs on the nodes, not here: webhooks and aggregated APIs are dialled at pod addresses.
      '--enable-aggregator-routing=true',
    ],
  });
}

/** A loopback address may not be advertised, and nothing in a simulated cluster dials what is. */
const advertised = (plane: ControlPlane): string[] =>
  plane.mode === 'real'
    ? [`--advertise-address=${plane.address}`]
    : ['--advertise-address=192.0.2.1', '--endpoint-reconciler-type=none'];

export async function waitForApi(api: Api, processes: Processes): Promise<void> {
  await until(
    'The API server becoming ready',
    90,
    async () => ((await api.send('GET', '/readyz')).status === 200 ? true : undefined),
    () => processes.lastLines('kube-apiserver', 3),
  );
}

export function startControllers(plane: ControlPlane): void {
  const { pki, plan } = plane;
  const admin = (name: string) => {
    const file = pki.writeKubeconfig(name, serverOf(plane));
    return [
      `--kubeconfig=${file}`,
      `--authentication-kubeconfig=${file}`,
      `--authorization-kubeconfig=${file}`,
    ];
  };
  plane.processes.start({
    name: 'kube-controller-manager',
    argv: [
      `${plane.built['control-plane']}/kube-controller-manager`,
      ...admin('controller-manager'),
      '--bind-address=127.0.0.1',
      `--secure-port=${plane.controllerPort}`,
      '--leader-elect=false',
      `--flex-volume-plugin-dir=${join(plane.processes.stateDir, 'volume-plugins')}`,
      '--use-service-account-credentials=true',
      '--allocate-node-cidrs=true',
      `--cluster-cidr=${plan.podRange}`,
      `--service-cluster-ip-range=${plan.serviceRange}`,
      `--root-ca-file=${pki.file('ca.crt')}`,
      `--service-account-private-key-file=${pki.file('service-account.key')}`,
      `--cluster-signing-cert-file=${pki.file('ca.crt')}`,
      `--cluster-signing-key-file=${pki.file('ca.key')}`,
      ...(plane.mode === 'real'
        ? // A silent node is noticed in 20 s and not in 50: what the conditions then say is the same.
          ['--node-monitor-period=2s', '--node-monitor-grace-period=20s']
        : // Simulated nodes renew their leases once a minute.
          ['--node-monitor-grace-period=240s']),
      // 1,000 simulated nodes need more than 256 networks, and never have 250 pods each.
      ...(plane.mode === 'simulated'
        ? ['--node-cidr-mask-size=27', '--kube-api-qps=500', '--kube-api-burst=1000']
        : []),
    ],
  });
  plane.processes.start({
    name: 'kube-scheduler',
    argv: [
      `${plane.built['control-plane']}/kube-scheduler`,
      ...admin('scheduler'),
      '--bind-address=127.0.0.1',
      `--secure-port=${plane.schedulerPort}`,
      '--leader-elect=false',
      ...(plane.mode === 'simulated' ? ['--kube-api-qps=500', '--kube-api-burst=1000'] : []),
    ],
  });
}
