/** Others who decide whether a connection gets through: the network plugin, and the Ingress controllers in front. */
import { CONTROLLER_NAMES } from '../core/diagnosis/modes/policy/attempts.ts';
import { NETWORK_PLUGINS } from '../core/diagnosis/modes/policy/sides.ts';
import type { Scene } from '../core/diagnosis/scene.ts';
import type { Collection } from './collection.ts';
import type { Namespaces } from './namespaces.ts';

const MAX_DAEMON_SETS = 500;
const MAX_CONTROLLERS = 20;
const MAX_POLICIES = 200;

/** Nothing to read where no policy selects a pod of the scene: then nothing is blocked. */
export async function collectDeciders(
  collection: Collection,
  scene: Scene,
  namespaces: Namespaces,
): Promise<void> {
  if (scene.policies.length === 0) return;
  await Promise.all([
    plugins(collection),
    ...(scene.ingresses.length > 0 ? [controllers(collection, namespaces)] : []),
  ]);
}

/** The plugin's DaemonSet lives in a namespace of its own; its name alone is enough to know it. */
async function plugins(collection: Collection): Promise<void> {
  const found = await collection.names('DaemonSet', {}, MAX_DAEMON_SETS);
  await Promise.all(
    found
      .filter(({ metadata }) => NETWORK_PLUGINS.test(metadata.name ?? ''))
      .map(({ metadata }) => collection.get('DaemonSet', metadata.namespace, metadata.name ?? '')),
  );
}

/** Their pods, and the policies and labels of the namespaces they are in. */
async function controllers(collection: Collection, namespaces: Namespaces): Promise<void> {
  const labelSelector = `app.kubernetes.io/name in (${CONTROLLER_NAMES.join(',')})`;
  const pods = await collection.list('Pod', { labelSelector }, MAX_CONTROLLERS, { sample: true });
  const places = [...new Set(pods.flatMap(({ metadata }) => metadata.namespace ?? []))];
  await Promise.all([
    namespaces.need(places),
    ...places.map((namespace) => collection.list('NetworkPolicy', { namespace }, MAX_POLICIES)),
  ]);
}
