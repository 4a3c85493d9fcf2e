/** What only an active test can see. */
import type { KubeObject } from '../../../../server/src/core/kube/object.ts';
import * as o from '../../../tools/objects.ts';
import { type Answers, probed, says } from '../../../tools/probeRun.ts';
import type { Case, Scenario } from './scenario.ts';

/** A client on worker-1 that names Service ledger, whose pod is on worker-2; everything declared is right. */
export function quiet(): { objects: KubeObject[]; client: KubeObject } {
  const client = o.deployment('client', {
    container: { env: [{ name: 'LEDGER_URL', value: 'http://ledger:80' }] },
  });
  const ledger = o.deployment('ledger', {
    container: { ports: [{ containerPort: 8080 }] },
    podOptions: () => ({ node: 'worker-2' }),
  });
  const service = o.service('ledger', { clusterIP: '10.96.7.7' });
  return {
    objects: [...client.all, ...ledger.all, service, o.slice(service, ledger.pods)],
    client: client.deployment,
  };
}

export function tested(answers: Answers): Case {
  const { objects, client } = quiet();
  return {
    objects,
    subject: client,
    extra: { probe: { kind: 'run', run: probed(objects, client, answers) } },
  };
}

const noService: Answers = {
  connect: ({ address, port, target }) =>
    target.role === 'service' ? says.timedOut(address, port) : undefined,
};
const noServiceNoProxy: Answers = {
  connect: ({ address, port, target }) =>
    target.role === 'service'
      ? says.timedOut(address, port)
      : target.role === 'proxy'
        ? says.refused(address, port)
        : undefined,
};

export const probedWays: Scenario[] = [
  {
    mode: 'kube-proxy-stale-rules',
    fires: [
      {
        ...tested(noService),
        at: 'Node/worker-1',
        message:
          'kube-proxy on node worker-1 runs and does not lead to Service ledger: its pods answer there, its address does not, so the rules of that node are old.',
      },
    ],
    silent: [
      tested({}),
      tested(noServiceNoProxy),
      // Nobody answers at all: that is no matter of the Service's address.
      tested({ connect: ({ address, port }) => says.timedOut(address, port) }),
    ],
  },
  {
    mode: 'mtu-mismatch',
    fires: [
      {
        ...tested({ packet: (size) => (size > 1400 ? says.lost(size) : undefined) }),
        at: 'Node/worker-2',
      },
    ],
    silent: [
      tested({}),
      tested({ packet: (size) => says.lost(size) }),
      tested({ packet: () => "ping: invalid option -- 'M'\n" }),
    ],
  },
];
