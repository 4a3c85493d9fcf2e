/** What the sockets of a pod say that an active test ran in: where its processes really listen. */
import type { Evidence } from '../../../finding.ts';
import type { Resource } from '../../../kube/store.ts';
import type { Pod } from '../../../kube/types.ts';
import { hostPort, type Listener, type ProbeRun } from '../../../probe/check.ts';
import { probeOf, probeSource, probingPod } from '../../probed.ts';
import type { Scene } from '../../scene.ts';

/** The listening sockets of this pod; undefined when no test ran in it. A pod on the host network shares those of its node. */
export function listenersOf(scene: Scene, pod: Resource<Pod>): readonly Listener[] | undefined {
  if (probingPod(scene) !== pod || pod.object.spec?.hostNetwork) return undefined;
  return probeOf(scene)?.listening;
}

/** True when somebody listens on the port, and everybody who does listens on loopback only. */
export function isLoopbackOnly(listeners: readonly Listener[], port: number): boolean {
  const own = listeners.filter((listener) => listener.port === port);
  return own.length > 0 && own.every(({ scope }) => scope === 'loopback');
}

export const socketEvidence = (run: ProbeRun, { address, port, line }: Listener): Evidence => ({
  source: probeSource(run),
  path: `/proc/net/tcp ${hostPort(address, port)}`,
  text: line,
  at: run.at,
});
