/** The pods on the nodes that a waiting pod could go to, of all namespaces: what is left there depends on every one. */

import { unscheduled } from '../core/diagnosis/modes/scheduling/verdict.ts';
import { fitsNode, requestOf } from '../core/diagnosis/nodeFit.ts';
import type { Scene } from '../core/diagnosis/scene.ts';
import { parseQuantity } from '../core/kube/quantity.ts';
import type { Resource } from '../core/kube/store.ts';
import type { KubeNode, Pod } from '../core/kube/types.ts';
import type { Collection } from './collection.ts';

/** The largest of them: more would say the same and cost as much as the cluster has pods. */
const MAX_NODES = 8;
/** A kubelet takes 110 pods by default, 250 to 500 where somebody has raised it. */
const MAX_PODS = 500;
/** Reasons of the scheduler that are about other pods. */
const ABOUT_PODS = /Insufficient |Too many pods|free ports|affinity rules/;

/** Reads for the first pod of each kind that the scheduler has no room for; notes which nodes are known whole. */
export async function collectRoom(collection: Collection, scene: Scene): Promise<void> {
  const waiting = unscheduled(scene).find(
    ({ pod, message }) => scene.subjectPods.has(pod) && ABOUT_PODS.test(message),
  );
  if (!waiting) return;
  const nodes = candidates(scene, waiting.pod, scarce(waiting.message));
  await Promise.all(nodes.map((node) => collection.podsOfNode(node.ref.name, MAX_PODS)));
}

const scarce = (message: string): string => /Insufficient ([^\s,.]+)/.exec(message)?.[1] ?? 'pods';

/** Nodes that nothing but the other pods keeps from taking it, the largest first; when none is, the largest of all. */
function candidates({ nodes }: Scene, pod: Resource<Pod>, resource: string): Resource<KubeNode>[] {
  const fitting = nodes.filter((node) => fitsNode(node, pod.object));
  const size = ({ object }: Resource<KubeNode>): number =>
    parseQuantity(object.status?.allocatable?.[resource]) ?? 0;
  const asks = requestOf(pod.object.spec, resource);
  const large = fitting.filter((node) => size(node) >= asks);
  return (large.length > 0 ? large : fitting).sort((a, b) => size(b) - size(a)).slice(0, MAX_NODES);
}
