import { type KubeObject, pathOf } from '../api.ts';
import { routePods, unroutePods } from '../network.ts';
import { sleep, until } from '../run.ts';
import { SetupError } from '../setupError.ts';
import { holds, pathOfRef, unmet } from './conditions.ts';
import type { Act, Fault } from './fault.ts';
import type { Target } from './target.ts';

const DEFAULT_TIMEOUT = 90;

const namespaceOf = (fault: Fault): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name: fault.id },
});

/** Plants a fault and waits until its symptom is there. */
export async function plant(fault: Fault, target: Target): Promise<void> {
  const { api } = target;
  await waitUntilGone(fault, target);
  await api.apply(namespaceOf(fault));
  // Pods that come before their namespace's account are refused, and that would be another fault.
  await until(`The service account of ${fault.id}`, 20, () =>
    api.get(pathOfRef('ServiceAccount/default', fault.id)),
  );
  for (const object of fault.manifests) {
    await api.apply(object);
    if (object.kind === 'ResourceQuota') await waitForQuota(object, target);
  }
  for (const act of fault.acts ?? []) await perform(act, fault, target);

  const plantedAt = Date.now();
  let missing: string[] = [];
  await until(
    `The symptom of ${fault.id}`,
    fault.timeoutSeconds ?? DEFAULT_TIMEOUT,
    async () => {
      missing = await unmet(fault, api, plantedAt);
      return missing.length === 0 ? true : undefined;
    },
    () => `Not seen: ${missing.join(', ')}`,
  );
}

/** A quota binds nobody until its controller has counted for the first time. */
async function waitForQuota(quota: KubeObject, target: Target): Promise<void> {
  await until(`The quota ${quota.metadata.name} being counted`, 20, async () => {
    const counted = await target.api.get<{ status?: { hard?: object } }>(pathOf(quota));
    return counted?.status?.hard;
  });
}

/** Undoes what was done, in reverse, removes what was planted, and waits until it is gone. */
export async function uproot(fault: Fault, target: Target): Promise<void> {
  await pullUp(fault, target);
  await waitUntilGone(fault, target);
}

/** Undoes what was done, in reverse, and asks for the end of what was planted, which takes its time. */
export async function pullUp(fault: Fault, target: Target): Promise<void> {
  for (const act of [...(fault.acts ?? [])].reverse()) await undo(act, fault, target);
  const outside = fault.manifests.filter((object) => !pathOf(object).includes(`/namespaces/${fault.id}/`));
  for (const object of [...outside.reverse(), namespaceOf(fault)])
    await target.api.send('DELETE', pathOf(object));
}

/** Waits for the end of a fault's namespace. */
export async function waitUntilGone(fault: Fault, target: Target): Promise<void> {
  await until(`The end of namespace ${fault.id}`, 120, async () => {
    const namespace = await target.api.get<{ metadata: { deletionTimestamp?: string } }>(
      pathOf(namespaceOf(fault)),
    );
    if (!namespace) return true;
    // One that an earlier run left behind.
    if (!namespace.metadata.deletionTimestamp) await target.api.send('DELETE', pathOf(namespaceOf(fault)));
    await sleep(300);
    return undefined;
  });
}

function ownOf(target: Target): NonNullable<Target['own']> {
  if (!target.own) throw new SetupError('This fault breaks a node or its network: it needs our own cluster.');
  return target.own;
}

async function perform(act: Act, fault: Fault, target: Target): Promise<void> {
  switch (act.kind) {
    case 'stop':
      return ownOf(target).processes.stop(act.process);
    case 'unroute':
      return unroutePods(ownOf(target).plan, nodeNamed(act.node, target));
    case 'patch':
      return mergePatch(act.object, act.patch, fault, target);
    case 'delete':
      await target.api.send('DELETE', pathOfRef(act.object, fault.id));
      return;
    case 'wait': {
      const begin = Date.now();
      await until(JSON.stringify(act.condition), fault.timeoutSeconds ?? DEFAULT_TIMEOUT, async () =>
        (await holds(act.condition, fault.id, target.api, begin)) ? true : undefined,
      );
      return;
    }
    default:
      act satisfies never;
  }
}

async function undo(act: Act, fault: Fault, target: Target): Promise<void> {
  if (act.kind === 'stop') ownOf(target).processes.restart(act.process);
  if (act.kind === 'unroute') await reroute(act.node, target);
  // A pod that was asked to go may take its time; its namespace need not wait for it.
  if (act.kind === 'delete' && act.object.startsWith('Pod/'))
    await target.api.send('DELETE', `${pathOfRef(act.object, fault.id)}?gracePeriodSeconds=0`);
  if (act.kind !== 'patch') return;
  // An object that was never planted, or is gone already, needs no undoing.
  const there = await target.api.get(pathOfRef(act.object, fault.id));
  if (there) await mergePatch(act.object, act.undo, fault, target);
}

function nodeNamed(name: string, target: Target) {
  const node = ownOf(target).plan.nodes.find((each) => each.name === name);
  if (!node) throw new SetupError(`There is no node ${name}.`);
  return node;
}

async function reroute(name: string, target: Target): Promise<void> {
  const node = await target.api.get<{ spec: { podCIDR: string } }>(`/api/v1/nodes/${name}`);
  if (node) await routePods(ownOf(target).plan, nodeNamed(name, target), node.spec.podCIDR);
}

async function mergePatch(ref: string, patch: unknown, fault: Fault, target: Target): Promise<void> {
  const path = pathOfRef(ref, fault.id);
  const { status, body } = await target.api.send(
    'PATCH',
    path,
    JSON.stringify(patch),
    'application/merge-patch+json',
  );
  // An object that is already gone needs no undoing.
  if (status !== 200 && status !== 404)
    throw new SetupError(`Patching ${ref} answered ${status}: ${body.slice(0, 300)}`);
}
