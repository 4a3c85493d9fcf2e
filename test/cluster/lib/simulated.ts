import { readdirSync } from 'node:fs';
import type { Api, KubeObject } from './api.ts';
import { type ControlPlane, serverOf } from './controlPlane.ts';
import type { Processes } from './processes.ts';
import { until } from './run.ts';

/** kwok plays the kubelet of every node that carries this annotation. */
const KWOK = { 'kwok.x-k8s.io/node': 'fake' };

export function startKwok(plane: ControlPlane): void {
  const folder = plane.built.kwok ?? '';
  const stages = readdirSync(folder).filter((file) => file.endsWith('.yaml'));
  plane.processes.start({
    name: 'kwok',
    argv: [
      `${folder}/kwok`,
      // At the usual level it writes a line for every heartbeat of every node.
      '--v=WARN',
      ...stages.map((file) => `--config=${folder}/${file}`),
      `--kubeconfig=${plane.pki.writeKubeconfig('kwok', serverOf(plane))}`,
      '--manage-all-nodes=true',
      '--cidr=10.240.0.1/16',
      '--node-ip=192.0.2.2',
      // Renewed at a quarter of it: 1,000 nodes then write 17 times a second.
      '--node-lease-duration-seconds=240',
    ],
  });
}

export async function addSimulatedNodes(api: Api, processes: Processes, count: number): Promise<void> {
  for (let first = 0; first < count; first += 32) {
    const batch = Array.from({ length: Math.min(32, count - first) }, (_, i) => simulatedNode(first + i));
    await Promise.all(batch.map((node) => api.apply(node)));
  }
  await until(
    'The simulated nodes becoming ready',
    120,
    async () => {
      const last = await api.get<{ status?: { conditions?: { type: string; status: string }[] } }>(
        `/api/v1/nodes/${nodeName(count - 1)}`,
      );
      const ready = last?.status?.conditions?.some((c) => c.type === 'Ready' && c.status === 'True');
      return ready ? true : undefined;
    },
    () => processes.lastLines('kwok', 3),
  );
}

export const nodeName = (index: number): string => `sim-${String(index).padStart(4, '0')}`;

function simulatedNode(index: number): KubeObject {
  const name = nodeName(index);
  const resources = { cpu: '32', memory: '256Gi', pods: '110' };
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name,
      annotations: KWOK,
      labels: {
        'kubernetes.io/hostname': name,
        'kubernetes.io/os': 'linux',
        'kubernetes.io/arch': 'amd64',
        'topology.kubernetes.io/zone': `zone-${'abc'[index % 3]}`,
      },
    },
    status: { allocatable: resources, capacity: resources },
  };
}
