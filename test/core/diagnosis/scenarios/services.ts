import type { KubeObject } from '../../../../server/src/core/kube/object.ts';
import type { Container, PodSpec, Service } from '../../../../server/src/core/kube/types.ts';
import * as o from '../../../tools/objects.ts';
import type { Case, Scenario } from './scenario.ts';

interface Options {
  container?: Container;
  podOptions?: () => o.PodOptions;
  more?: KubeObject[];
  slices?: KubeObject[];
  log?: string;
  replicas?: number;
}

/** Service and Deployment `web`, asked about by the Service. */
function web(spec: Service['spec'], options: Options = {}): Case {
  const { container = { ports: [{ name: 'http', containerPort: 8080 }] }, replicas = 2 } = options;
  const made = o.deployment('web', {
    replicas,
    container,
    ...(options.podOptions ? { podOptions: options.podOptions } : {}),
  });
  const service = o.service('web', spec);
  return {
    objects: [
      service,
      ...made.all,
      ...(options.slices ?? [o.slice(service, made.pods)]),
      ...(options.more ?? []),
    ],
    subject: service,
    ...(options.log ? { extra: { logs: [o.logOf(made.pods[0]!, options.log)] } } : {}),
  };
}

const S = 'Service/shop/web';
const unready = () => ({ states: { app: o.unready() } });
const manual = o.service('ext', { selector: {} });
const external = (externalName: string): Case => {
  const service = o.service('ext', { type: 'ExternalName', externalName, selector: {} });
  return { objects: [service, o.slice(o.service('other'), [])], subject: service };
};
/** A pod that looks up, in vain, what stands for a name outside. */
const aside = (dnsPolicy: string, error = 'no such host'): Case =>
  client(`Get "http://ext": dial tcp: lookup ext on 10.96.0.10:53: ${error}`, {
    spec: { dnsPolicy },
    ledger: external('db.example.com').objects,
  });
const balancer = (): Case => web({ type: 'LoadBalancer' });
const withAddress = (made: Case): Case => {
  (made.subject as Service).status = { loadBalancer: { ingress: [{ ip: '192.0.2.1' }] } };
  return made;
};
const serving = (publishNotReadyAddresses: boolean, clusterIP = '10.96.0.9'): Case => {
  const made = o.deployment('web', { podOptions: unready });
  const service = o.service('web', { publishNotReadyAddresses, clusterIP });
  const slice = o.slice(service, made.pods) as KubeObject & { endpoints: { conditions: object }[] };
  slice.endpoints[0]!.conditions = { ready: publishNotReadyAddresses, serving: false, terminating: false };
  return { objects: [service, ...made.all, slice], subject: service };
};

/** A client whose log complains about Service `ledger`, asked about by its Deployment. */
export function client(
  log: string,
  options: {
    container?: Container;
    spec?: PodSpec;
    ledger?: KubeObject[];
    ready?: boolean;
    policies?: KubeObject[];
  } = {},
): Case {
  const made = o.deployment('client', {
    spec: { ...options.spec, containers: [{ name: 'app', image: 'c:1', ...options.container }] },
    podOptions: () => (options.ready === false ? { states: { app: o.unready() } } : {}),
  });
  return {
    objects: [...made.all, ...(options.ledger ?? ledger()), ...(options.policies ?? [])],
    subject: made.deployment,
    extra: { logs: [o.logOf(made.pods[0]!, log)] },
  };
}

/** A healthy Service `ledger` with address 10.96.7.7 in front of port 8080. */
export function ledger(
  space = 'shop',
  container: Container = { ports: [{ name: 'http', containerPort: 8080 }] },
): KubeObject[] {
  const made = o.deployment('ledger', { namespace: space, container });
  const service = o.service(
    'ledger',
    { clusterIP: '10.96.7.7', ports: [{ name: 'web', port: 80, targetPort: 8080 }] },
    space,
  );
  return [...made.all, service, o.slice(service, made.pods)];
}

const headlessCall = (port: number): Case => {
  const made = o.deployment('ledger', { container: { ports: [{ containerPort: 8080 }] } });
  const service = o.service('ledger', { clusterIP: 'None', ports: [{ port: 80, targetPort: 8080 }] });
  return client(`ledger:${port} i/o timeout`, {
    ledger: [...made.all, service, o.slice(service, made.pods)],
  });
};

const set = (serviceName: string, services: KubeObject[]): Case => {
  const { all, top } = o.workload('StatefulSet', 'db', { workload: { replicas: 1, serviceName } });
  return { objects: [...all, ...services], subject: top };
};

/** A member that looks its neighbour up in vain. */
const member = (services: KubeObject[], replicas = 1): Case => {
  const { all, top, pods } = o.workload('StatefulSet', 'db', {
    replicas,
    workload: { replicas, serviceName: 'db' },
    podOptions: () => ({ states: { app: o.unready() } }),
  });
  const log = 'join: dial tcp: lookup db-1.db.shop.svc.cluster.local on 10.96.0.10:53: no such host';
  return { objects: [...all, ...services], subject: top, extra: { logs: [o.logOf(pods[0]!, log)] } };
};

/** A client on worker-1 that times out at a Service whose only endpoint is elsewhere. */
const local = (node: string, internalTrafficPolicy: string): Case => {
  const made = o.deployment('ledger', { podOptions: () => ({ node }) });
  const service = o.service('ledger', { clusterIP: '10.96.7.7', internalTrafficPolicy });
  return client('dial tcp 10.96.7.7:80: i/o timeout', {
    ready: false,
    ledger: [...made.all, service, o.slice(service, made.pods)],
  });
};

const second = (targetPort: number): NonNullable<Service['spec']> => ({
  ports: [
    { name: 'web', port: 80, targetPort: 8080 },
    { name: 'metrics', port: 9100, targetPort },
  ],
});

export const services: Scenario[] = [
  {
    mode: 'service-selector-no-match',
    fires: [
      {
        objects: [o.service('api', { selector: { app: 'zzz' } }), o.slice(o.service('api'), [])],
        subject: o.service('api'),
        message: 'The selector app=zzz of Service api is on no pod of namespace shop.',
      },
    ],
    silent: [
      web({}),
      {
        ...web({ selector: { app: 'wed' } }),
        extra: { gaps: [{ kind: 'Pod', namespace: 'shop', reason: 'forbidden', detail: 'needs list pods' }] },
      },
    ],
  },
  {
    mode: 'service-all-backends-terminal',
    silent: [
      web(
        {},
        {
          more: [o.pod('web-old', { labels: { app: 'web' }, ready: false, status: { phase: 'Succeeded' } })],
        },
      ),
    ],
  },
  {
    mode: 'service-no-ready-endpoints',
    fires: [
      {
        ...web({}, { slices: [o.slice(o.service('web'), [])] }),
        message: 'Service web has no ready endpoint although 2 of its 2 pods are ready.',
      },
    ],
    // Without slices the pods themselves tell.
    silent: [web({}), web({}, { slices: [] })],
  },
  {
    mode: 'service-named-target-port-unresolved',
    fires: [
      {
        ...web({ ports: [{ port: 80, targetPort: 'http' }] }, { container: {} }),
        message:
          'Port name http of Service web is on none of the 2 selected pods: no container there names a port.',
      },
    ],
    silent: [web({ ports: [{ port: 80, targetPort: 'http' }] })],
  },
  {
    mode: 'service-target-port-wrong-number',
    fires: [
      {
        ...web(
          { ports: [{ port: 80, targetPort: 9090 }] },
          { container: {}, log: 'server listening on :3000', replicas: 1 },
        ),
        message: 'targetPort 9090 of Service web is no port of its pods; their application listens on 3000.',
      },
    ],
    // A declaration is informational: a pod without one may listen anywhere.
    silent: [
      web({ ports: [{ port: 80, targetPort: 9090 }] }, { container: {} }),
      web({}),
      web(second(9100)),
      web(
        { ports: [{ port: 80, targetPort: 9090 }] },
        { container: { args: ['--port=9090'], ports: [{ containerPort: 8080 }] } },
      ),
    ],
  },
  {
    mode: 'service-selectorless-no-endpoints',
    silent: [{ objects: [manual, o.slice(manual, [o.pod('outside')])], subject: manual }],
  },
  {
    mode: 'client-uses-wrong-service-port',
    // Clients of a headless Service dial the pods' own port.
    silent: [client('dial tcp 10.96.7.7:80: i/o timeout'), headlessCall(8080), headlessCall(9999)],
  },
  {
    mode: 'loadbalancer-pending',
    fires: [
      {
        ...balancer(),
        at: `${S} spec.type`,
        message:
          'Service web of type LoadBalancer has had no address for 120 min, and no controller says anything about it.',
      },
    ],
    silent: [withAddress(balancer())],
  },
  {
    mode: 'externalname-unresolvable',
    // What the node's resolver does not know, the cluster's may; and a name that is not asked for may be there.
    silent: [external('db.example.com'), aside('Default'), aside('ClusterFirst', 'i/o timeout')],
  },
  {
    mode: 'publish-not-ready-misuse',
    silent: [serving(false), serving(true, 'None')],
  },
  {
    mode: 'internal-traffic-policy-local-no-endpoint',
    fires: [{ ...web({ internalTrafficPolicy: 'Local' }), as: 'alsoSeen' }],
    silent: [local('worker-2', 'Cluster')],
  },
  {
    mode: 'external-traffic-policy-local-no-endpoint',
    silent: [withAddress(web({ type: 'LoadBalancer', externalTrafficPolicy: 'Cluster' }))],
  },
  {
    mode: 'probe-depends-on-remote',
    silent: [client('dial tcp 10.96.7.7:80: connect: connection refused', { ready: false })],
  },
  {
    mode: 'statefulset-missing-service',
    fires: [
      // Its pods run all the same.
      { ...set('db', []), as: 'alsoSeen' },
    ],
    // CoreDNS names the pods of a Service with a cluster address too.
    silent: [
      set('db', [o.service('db', { clusterIP: 'None' })]),
      set('db', [o.service('db')]),
      member([o.service('db')]),
    ],
  },
  {
    mode: 'statefulset-members-unpublished',
    // Published before they are ready; and a member that is not there at all.
    silent: [
      member([o.service('db', { clusterIP: 'None', publishNotReadyAddresses: true })], 2),
      member([o.service('db', { clusterIP: 'None' })]),
    ],
  },
  {
    mode: 'app-listens-on-loopback',
    // A port for the pod itself beside the one that is served; and an application that says both.
    silent: [
      loopback('admin listening on 127.0.0.1:9901'),
      loopback('listening on 127.0.0.1:8080\nlistening on 0.0.0.0:8080'),
    ],
  },
];

function loopback(log: string): Case {
  return web(
    { ports: [{ port: 80, targetPort: 8080 }] },
    { replicas: 1, log, container: { args: ['--http=127.0.0.1:8080'], ports: [{ containerPort: 8080 }] } },
  );
}
