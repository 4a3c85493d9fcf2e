/**
 * Takes the demo's snapshot anew: applies the demo's manifests to the test cluster, waits until their faults show,
 * runs `pod-triage snapshot`, and takes the namespace away. Run by hand: `node test/tools/demoSnapshot.ts`,
 * after `npm run cluster -- up` and `npm run build`.
 */
import { execFileSync } from 'node:child_process';
import { globSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { KubeConfig, type KubernetesObject, KubernetesObjectApi } from '@kubernetes/client-node';
import { parseAllDocuments } from 'yaml';
import { ROOT } from './paths.ts';

/** Long enough for back-offs, probes and a second of memory to tell their story. */
const STORY_MS = 200_000;
const NAMESPACE = 'shop';
const MANIFESTS = join(ROOT, 'test', 'demo', 'manifests');
const SNAPSHOT = join(ROOT, 'test', 'demo', 'snapshot');

const status = JSON.parse(
  execFileSync(process.execPath, ['test/cluster/cli.ts', 'status', '--json'], {
    cwd: ROOT,
    encoding: 'utf8',
  }),
) as {
  kubeconfig: string;
  context: string;
};
const config = new KubeConfig();
config.loadFromFile(status.kubeconfig);
const api = KubernetesObjectApi.makeApiClient(config);

const objects = globSync('*.yaml', { cwd: MANIFESTS })
  .filter((file) => file !== 'canary.yaml')
  .flatMap((file) =>
    parseAllDocuments(readFileSync(join(MANIFESTS, file), 'utf8')).map(
      (document) => document.toJS() as KubernetesObject,
    ),
  );
// The namespace first, then what the others point to.
const order = ['Namespace', 'ConfigMap', 'NetworkPolicy', 'Service'];
const rank = (object: KubernetesObject) =>
  (order.indexOf(object.kind ?? '') + order.length + 1) % (order.length + 1);
objects.sort((a, b) => rank(a) - rank(b));

const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE } };
try {
  for (const object of objects) await api.create(object);
  console.log(
    `${objects.length} objects are applied; waiting ${STORY_MS / 1000} s for their faults to show.`,
  );
  await sleep(STORY_MS);
  rmSync(SNAPSHOT, { recursive: true, force: true });
  execFileSync(
    process.execPath,
    ['dist/cli.js', 'snapshot', '--out', SNAPSHOT, '-n', NAMESPACE, '--context', status.context],
    {
      cwd: ROOT,
      stdio: 'inherit',
      env: { ...process.env, KUBECONFIG: status.kubeconfig },
    },
  );
} finally {
  await api.delete(namespace);
  await api.delete({ apiVersion: 'networking.k8s.io/v1', kind: 'IngressClass', metadata: { name: 'nginx' } });
}
