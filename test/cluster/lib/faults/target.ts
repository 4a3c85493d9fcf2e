import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { Api } from '../api.ts';
import { down, statusOf, up } from '../cluster.ts';
import { planOf, stateDir } from '../layout.ts';
import type { Identity } from '../pki.ts';
import { Processes } from '../processes.ts';
import { SetupError } from '../setupError.ts';

/** The cluster that faults are planted in. */
export interface Target {
  kubeconfig: string;
  context: string;
  api: Api;
  /** Our own cluster only: its processes and its network can be broken too. */
  own?: { processes: Processes; plan: ReturnType<typeof planOf> };
  /** Takes down what this run brought up. */
  release: () => Promise<void>;
}

export function findTarget(say: (line: string) => void): Promise<Target> {
  const given = process.env.POD_TRIAGE_KUBECONFIG;
  return given ? givenTarget(given) : ownTarget(say);
}

async function ownTarget(say: (line: string) => void): Promise<Target> {
  const wasUp = statusOf('real').kind === 'up';
  const info = await up('real', { nodes: 0, pods: 0 }, say);
  return {
    kubeconfig: info.kubeconfig,
    context: info.context,
    api: new Api(info.server, readKubeconfig(info.kubeconfig).identity),
    own: { processes: new Processes(stateDir('real')), plan: planOf(info.slot) },
    release: async () => {
      if (!wasUp) await down('real', say);
    },
  };
}

/** Somebody else's cluster: only after its context has been named as one that may be broken. */
async function givenTarget(kubeconfig: string): Promise<Target> {
  const { server, context, identity } = readKubeconfig(kubeconfig);
  if (process.env.POD_TRIAGE_DISPOSABLE_CONTEXT !== context) {
    throw new SetupError(
      `Faults would be planted in context ${context} of POD_TRIAGE_KUBECONFIG. Set POD_TRIAGE_DISPOSABLE_CONTEXT=${context} if that cluster may be broken.`,
    );
  }
  return { kubeconfig, context, api: new Api(server, identity), release: async () => {} };
}

/** Another kubeconfig of the same cluster, with the permissions of a ServiceAccount. The caller removes the file. */
export async function kubeconfigAs(target: Target, namespace: string, account: string): Promise<string> {
  const { status, body } = await target.api.send(
    'POST',
    `/api/v1/namespaces/${namespace}/serviceaccounts/${account}/token`,
    JSON.stringify({ apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: {} }),
  );
  if (status !== 201)
    throw new SetupError(`A token for ${account} answered ${status}: ${body.slice(0, 300)}`);
  const { token } = (JSON.parse(body) as { status: { token: string } }).status;
  const config = parse(readFileSync(target.kubeconfig, 'utf8')) as Kubeconfig;
  const file = join(mkdtempSync(join(tmpdir(), 'pod-triage-as-')), 'kubeconfig.yaml');
  const users = (config.users ?? []).map(({ name }) => ({ name, user: { token } }));
  writeFileSync(file, stringify({ ...config, users }), { mode: 0o600 });
  return file;
}

interface Kubeconfig {
  'current-context'?: string;
  contexts?: { name: string; context: { cluster: string; user: string } }[];
  clusters?: { name: string; cluster: { server: string; [key: string]: string } }[];
  users?: { name: string; user: Record<string, string> }[];
}

function readKubeconfig(file: string): { server: string; context: string; identity: Identity } {
  if (!existsSync(file)) throw new SetupError(`There is no kubeconfig ${file}.`);
  const config = parse(readFileSync(file, 'utf8')) as Kubeconfig;
  const context = config.contexts?.find(({ name }) => name === config['current-context']);
  const cluster = config.clusters?.find(({ name }) => name === context?.context.cluster)?.cluster;
  const user = config.users?.find(({ name }) => name === context?.context.user)?.user;
  if (!context || !cluster || !user)
    throw new SetupError(`${file} has no current context with a cluster and a user.`);
  const read = (from: Record<string, string>, key: string): string => {
    const data = from[`${key}-data`];
    if (data !== undefined) return Buffer.from(data, 'base64').toString();
    const path = from[key];
    return path === undefined ? '' : readFileSync(path, 'utf8');
  };
  const identity = {
    ca: read(cluster, 'certificate-authority'),
    certificate: read(user, 'client-certificate'),
    key: read(user, 'client-key'),
  };
  if (!identity.certificate)
    throw new SetupError(`The user of ${file} has no client certificate; kind and minikube make one.`);
  return { server: cluster.server, context: context.name, identity };
}
