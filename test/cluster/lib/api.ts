import { Agent, request } from 'node:https';
import type { Identity } from './pki.ts';

export interface KubeObject {
  apiVersion: string;
  kind: string;
  metadata: { name: string; namespace?: string; [key: string]: unknown };
  [key: string]: unknown;
}

export interface Answer {
  status: number;
  body: string;
}

/** The English plural, which is how every kind here but one is spelled in a path. */
function pluralOf(kind: string): string {
  const name = kind.toLowerCase();
  if (name === 'endpoints') return name;
  if (name.endsWith('y')) return `${name.slice(0, -1)}ies`;
  return name.endsWith('s') ? `${name}es` : `${name}s`;
}

const CLUSTER_SCOPED = new Set([
  'APIService',
  'ClusterInformation',
  'ClusterRole',
  'ClusterRoleBinding',
  'CustomResourceDefinition',
  'IngressClass',
  'MutatingWebhookConfiguration',
  'Namespace',
  'Node',
  'PersistentVolume',
  'PriorityClass',
  'RuntimeClass',
  'StorageClass',
  'ValidatingAdmissionPolicy',
  'ValidatingAdmissionPolicyBinding',
  'ValidatingWebhookConfiguration',
]);

export function pathOf(object: KubeObject): string {
  const { apiVersion, kind, metadata } = object;
  const base = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  const scope = CLUSTER_SCOPED.has(kind) ? '' : `/namespaces/${metadata.namespace ?? 'default'}`;
  return `${base}${scope}/${pluralOf(kind)}/${metadata.name}`;
}

/** Just enough of an API client to set a cluster up and to look at it. */
export class Api {
  readonly server: string;
  private readonly agent: Agent;

  constructor(server: string, identity: Identity) {
    this.server = server;
    this.agent = new Agent({
      ca: identity.ca,
      cert: identity.certificate,
      key: identity.key,
      keepAlive: true,
      maxSockets: 16,
    });
  }

  send(method: string, path: string, body = '', contentType = 'application/json'): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const headers = body === '' ? {} : { 'content-type': contentType };
      const call = request(`${this.server}${path}`, { method, agent: this.agent, headers, timeout: 10_000 });
      call.on('timeout', () => call.destroy(new Error(`${method} ${path} had no answer within 10 s.`)));
      call.on('error', reject);
      call.on('response', (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString() }),
        );
      });
      call.end(body);
    });
  }

  /** The object, or undefined when there is none. */
  async get<T = KubeObject>(path: string): Promise<T | undefined> {
    const { status, body } = await this.send('GET', path);
    if (status === 404) return undefined;
    if (status !== 200) throw new Error(`GET ${path} answered ${status}: ${body.slice(0, 300)}`);
    return JSON.parse(body) as T;
  }

  /** Server-side apply; the text may be JSON, which is YAML too. */
  async applyText(path: string, text: string): Promise<void> {
    const query = '?fieldManager=pod-triage-cluster&force=true';
    const { status, body } = await this.send('PATCH', path + query, text, 'application/apply-patch+yaml');
    if (status !== 200 && status !== 201)
      throw new Error(`Applying ${path} answered ${status}: ${body.slice(0, 500)}`);
  }

  apply(object: KubeObject): Promise<void> {
    return this.applyText(pathOf(object), JSON.stringify(object));
  }

  close(): void {
    this.agent.destroy();
  }
}
