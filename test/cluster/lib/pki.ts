import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { clusterDomain, type Plan } from './layout.ts';
import { run } from './run.ts';

interface CertificateRequest {
  name: string;
  issuer?: string;
  commonName: string;
  organizations?: string[];
  dnsNames?: string[];
  addresses?: string[];
}

const MASTERS = ['system:masters'];

const controlPlaneRequests = (plan: Plan, apiAddress: string): CertificateRequest[] => [
  { name: 'ca', commonName: 'pod-triage-ca' },
  { name: 'front-proxy-ca', commonName: 'pod-triage-front-proxy-ca' },
  {
    name: 'apiserver',
    issuer: 'ca',
    commonName: 'kube-apiserver',
    dnsNames: [
      'localhost',
      'kubernetes',
      'kubernetes.default',
      'kubernetes.default.svc',
      `kubernetes.default.svc.${clusterDomain}`,
    ],
    addresses: [...new Set([plan.apiService, apiAddress, '127.0.0.1'])],
  },
  {
    name: 'kubelet-client',
    issuer: 'ca',
    commonName: 'kube-apiserver-kubelet-client',
    organizations: MASTERS,
  },
  { name: 'front-proxy-client', issuer: 'front-proxy-ca', commonName: 'front-proxy-client' },
  { name: 'admin', issuer: 'ca', commonName: 'pod-triage-admin', organizations: MASTERS },
  { name: 'controller-manager', issuer: 'ca', commonName: 'system:kube-controller-manager' },
  { name: 'scheduler', issuer: 'ca', commonName: 'system:kube-scheduler' },
  { name: 'service-account', commonName: 'service-account' },
  { name: 'kwok', issuer: 'ca', commonName: 'kwok', organizations: MASTERS },
];

const nodeRequests = (plan: Plan): CertificateRequest[] => [
  { name: 'kube-proxy', issuer: 'ca', commonName: 'system:kube-proxy' },
  { name: 'calico', issuer: 'ca', commonName: 'calico', organizations: MASTERS },
  ...plan.nodes.flatMap((node) => [
    {
      name: `kubelet-${node.letter}`,
      issuer: 'ca',
      commonName: `system:node:${node.name}`,
      organizations: ['system:nodes'],
    },
    {
      name: `kubelet-${node.letter}-server`,
      issuer: 'ca',
      commonName: `system:node:${node.name}`,
      organizations: ['system:nodes'],
      dnsNames: [node.name],
      addresses: [node.address],
    },
  ]),
];

export interface Identity {
  ca: string;
  certificate: string;
  key: string;
}

/** The certificates of one cluster and the kubeconfig files made from them. */
export class Pki {
  readonly folder: string;
  private readonly kubeconfigs: string;

  constructor(stateDir: string) {
    this.folder = join(stateDir, 'pki');
    this.kubeconfigs = join(stateDir, 'kubeconfig');
  }

  async create(program: string, plan: Plan, apiAddress: string, withNodes: boolean): Promise<void> {
    mkdirSync(this.folder, { recursive: true, mode: 0o700 });
    mkdirSync(this.kubeconfigs, { recursive: true, mode: 0o700 });
    const requests = controlPlaneRequests(plan, apiAddress);
    if (withNodes) requests.push(...nodeRequests(plan));
    await run([program, this.folder], { input: JSON.stringify(requests) });
  }

  file(name: string): string {
    return join(this.folder, name);
  }

  identity(name: string): Identity {
    const read = (file: string) => readFileSync(this.file(file), 'utf8');
    return { ca: read('ca.crt'), certificate: read(`${name}.crt`), key: read(`${name}.key`) };
  }

  writeKubeconfig(name: string, server: string, context = 'pod-triage'): string {
    const file = this.kubeconfig(name);
    const { ca, certificate, key } = this.identity(name);
    const base64 = (text: string) => Buffer.from(text).toString('base64');
    const text = `apiVersion: v1
kind: Config
clusters:
  - name: ${context}
    cluster:
      server: ${server}
      certificate-authority-data: ${base64(ca)}
users:
  - name: ${context}-${name}
    user:
      client-certificate-data: ${base64(certificate)}
      client-key-data: ${base64(key)}
contexts:
  - name: ${context}
    context:
      cluster: ${context}
      user: ${context}-${name}
current-context: ${context}
`;
    writeFileSync(file, text, { mode: 0o600 });
    return file;
  }

  kubeconfig(name: string): string {
    return join(this.kubeconfigs, `${name}.yaml`);
  }
}
