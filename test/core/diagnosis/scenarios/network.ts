/** Ingresses, policies, names. */
import type { KubeObject } from '../../../../server/src/core/kube/object.ts';
import type { Container, NetworkPolicy, Pod } from '../../../../server/src/core/kube/types.ts';
import * as o from '../../../tools/objects.ts';
import type { Case, Scenario } from './scenario.ts';
import { client, ledger } from './services.ts';

const nginx = o.object('networking.k8s.io/v1', 'IngressClass', 'nginx', {}, '');

interface Route {
  service?: string;
  port?: object;
  className?: string | null;
  tls?: object[];
  status?: object;
  more?: KubeObject[];
  classes?: KubeObject[];
}

/** Ingress `shop` in front of a healthy Service `ledger`. */
function route({
  service = 'ledger',
  port = { number: 80 },
  className = 'nginx',
  tls,
  status,
  more = [],
  classes = [nginx],
}: Route): Case {
  const ingress = o.object('networking.k8s.io/v1', 'Ingress', 'shop', {
    spec: {
      ...(className === null ? {} : { ingressClassName: className }),
      ...(tls ? { tls } : {}),
      rules: [
        {
          host: 'shop.example',
          http: { paths: [{ path: '/', pathType: 'Prefix', backend: { service: { name: service, port } } }] },
        },
      ],
    },
    status: status ?? { loadBalancer: {} },
  });
  return { objects: [ingress, ...ledger(), ...classes, ...more], subject: ingress };
}

const I = 'Ingress/shop/shop';
const tlsSecret = (data: object): KubeObject => o.object('v1', 'Secret', 'cert', { type: 'Opaque', data });
const tls = [{ hosts: ['shop.example'], secretName: 'cert' }];

export const ingresses: Scenario[] = [
  {
    mode: 'ingress-backend-service-missing',
    fires: [
      {
        ...route({ service: 'payments' }),
        message:
          'Ingress shop routes to Service payments, which does not exist in namespace shop: it answers 503.',
      },
    ],
    silent: [
      route({}),
      {
        ...route({ service: 'ledgr' }),
        extra: {
          gaps: [{ kind: 'Service', namespace: 'shop', reason: 'forbidden', detail: 'needs list services' }],
        },
      },
    ],
  },
  {
    mode: 'ingress-backend-port-missing',
    fires: [
      {
        ...route({ port: { name: 'http' } }),
        message: 'Ingress shop routes to port http of Service ledger, which has web (80).',
      },
    ],
    silent: [route({ port: { name: 'web' } })],
  },
  {
    mode: 'ingress-backend-no-endpoints',
    silent: [route({})],
  },
  {
    mode: 'ingress-class-not-found',
    fires: [
      {
        ...route({ className: 'ngnix' }),
        at: `${I} spec.ingressClassName`,
        message:
          'IngressClass ngnix of Ingress shop does not exist, so no controller serves it; there is nginx.',
      },
    ],
    silent: [
      route({}),
      {
        ...route({ className: 'ngnix' }),
        extra: { gaps: [{ kind: 'IngressClass', reason: 'forbidden', detail: 'needs list ingressclasses' }] },
      },
    ],
  },
  {
    mode: 'ingress-no-class',
    silent: [route({ className: null, status: { loadBalancer: { ingress: [{ ip: '192.0.2.1' }] } } })],
  },
  {
    mode: 'ingress-tls-secret-invalid',
    fires: [
      {
        ...route({ tls, more: [tlsSecret({ 'tls.crt': '' })] }),
        message:
          "TLS Secret cert of Ingress shop has type Opaque and lacks tls.key: clients get the controller's own certificate.",
      },
    ],
    silent: [route({ tls, more: [tlsSecret({ 'tls.crt': '', 'tls.key': '' })] })],
  },
];

const TIMEOUT = 'Get "http://ledger": dial tcp 10.96.7.7:80: i/o timeout';
const toLedger = { podSelector: { matchLabels: { app: 'ledger' } } };
const fromClient = { podSelector: { matchLabels: { app: 'client' } } };
const onLedger = (
  ingress: NonNullable<NetworkPolicy['spec']>['ingress'],
  more: NetworkPolicy['spec'] = {},
): NetworkPolicy =>
  o.policy('ledger', {
    podSelector: { matchLabels: { app: 'ledger' } },
    policyTypes: ['Ingress'],
    ...(ingress ? { ingress } : {}),
    ...more,
  });
const DNS = {
  ports: [
    { port: 53, protocol: 'UDP' },
    { port: 53, protocol: 'TCP' },
  ],
};
const onClient = (egress: NonNullable<NetworkPolicy['spec']>['egress']): NetworkPolicy =>
  o.policy('client', {
    podSelector: { matchLabels: { app: 'client' } },
    policyTypes: ['Egress'],
    egress: [DNS, ...(egress ?? [])],
  });

const controller = o.pod('ingress-nginx-controller-1', {
  namespace: 'ingress-nginx',
  labels: { 'app.kubernetes.io/name': 'ingress-nginx' },
});
const blocked = (policy: NetworkPolicy): Case => client(TIMEOUT, { policies: [policy] });
const P = 'NetworkPolicy/shop/ledger';

/** A client of a headless Service dials the pod's own address and port. */
const direct = (policy: NetworkPolicy): Case => {
  const made = o.deployment('ledger', {
    container: { ports: [{ containerPort: 8080 }] },
    podOptions: () => ({ ip: '10.244.7.7' }),
  });
  const service = o.service('ledger', { clusterIP: 'None', ports: [{ port: 80, targetPort: 8080 }] });
  return client('dial tcp 10.244.7.7:8080: i/o timeout', {
    ledger: [...made.all, service, o.slice(service, made.pods)],
    policies: [policy],
  });
};

/** Asked about by the Service that nobody reaches: the client's log tells. */
const byService = (made: Case): Case => ({
  ...made,
  subject: made.objects.find(({ kind }) => kind === 'Service') as KubeObject,
});

function defaulted(applied: string): NetworkPolicy {
  const made = o.policy('ledger', {
    podSelector: { matchLabels: { app: 'ledger' } },
    policyTypes: ['Ingress', 'Egress'],
    egress: [DNS],
  });
  made.metadata.annotations = { 'kubectl.kubernetes.io/last-applied-configuration': applied };
  return made;
}

export const policies: Scenario[] = [
  {
    mode: 'netpol-ingress-default-deny',
    fires: [
      { ...byService(blocked(onLedger(undefined))), at: `${P} spec.podSelector` },
      { ...direct(onLedger(undefined)), at: `${P} spec.podSelector` },
      // An Ingress controller must reach the backend, whoever its clients are.
      { ...route({ more: [controller, onLedger(undefined)] }), at: `${P} spec.podSelector` },
    ],
    silent: [
      blocked(onLedger([{}])),
      blocked(onLedger([{ from: [] }])),
      direct(onLedger([{}])),
      route({ more: [controller, onLedger([{ from: [{ namespaceSelector: {} }] }])] }),
      {
        ...blocked(onLedger(undefined)),
        objects: [
          ...blocked(onLedger(undefined)).objects,
          o.object('apps/v1', 'DaemonSet', 'kube-flannel-ds', {}, 'kube-flannel'),
        ],
      },
    ],
  },
  {
    mode: 'netpol-ingress-peer-mismatch',
    silent: [
      blocked(onLedger([{ from: [fromClient] }])),
      blocked(onLedger([{ from: [{ namespaceSelector: {}, ...fromClient }] }])),
    ],
  },
  {
    mode: 'netpol-ingress-port-mismatch',
    silent: [blocked(onLedger([{ from: [fromClient], ports: [{ port: 8080 }] }]))],
  },
  {
    mode: 'netpol-named-port-unresolved',
    silent: [blocked(onLedger([{ from: [fromClient], ports: [{ port: 'http' }] }]))],
  },
  {
    mode: 'netpol-namespace-label-missing',
    silent: [
      blocked(
        onLedger([
          { from: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'shop' } } }] },
        ]),
      ),
    ],
  },
  {
    mode: 'netpol-policytypes-implicit',
    fires: [
      {
        ...blocked(o.policy('ledger', { podSelector: { matchLabels: { app: 'ledger' } }, egress: [DNS] })),
        at: `${P} spec`,
        message:
          'NetworkPolicy ledger has egress rules and no policyTypes, so it isolates ingress too: Deployment client is dropped on port 8080 of Deployment ledger.',
      },
    ],
    silent: [
      blocked(defaulted('{"spec":{"policyTypes":["Ingress","Egress"]}}')),
      blocked(
        o.policy('ledger', {
          podSelector: { matchLabels: { app: 'ledger' } },
          policyTypes: ['Egress'],
          egress: [DNS],
        }),
      ),
    ],
  },
  {
    mode: 'netpol-egress-default-deny',
    silent: [
      blocked(onClient([{ to: [toLedger], ports: [{ port: 8080 }] }])),
      blocked(onClient([{ to: [{ ipBlock: { cidr: '0.0.0.0/0' } }] }])),
    ],
  },
  {
    mode: 'netpol-egress-dns-blocked',
    silent: [dns([DNS]), dns([{ to: [{ namespaceSelector: {} }] }])],
  },
  {
    mode: 'netpol-port-protocol-default',
    silent: [dns([{ ports: [{ port: 53 }, { port: 53, protocol: 'UDP' }] }])],
  },
  {
    mode: 'netpol-dns-tcp-blocked',
    fires: [{ ...dns([{ ports: [{ port: 53, protocol: 'UDP' }] }], 'serving'), as: 'alsoSeen' }],
    silent: [dns([DNS])],
  },
];

/** Client on worker-1, ledger on worker-2 (or beside it), every policy open. */
function apart(ledgerNode: string, more: KubeObject[] = []): Case {
  const made = client(TIMEOUT, { ready: false });
  const objects = made.objects.map((object) =>
    object.kind === 'Pod' && object.metadata.name?.startsWith('ledger')
      ? ({ ...object, spec: { ...(object as Pod).spec, nodeName: ledgerNode } } as KubeObject)
      : object,
  );
  return { ...made, objects: [...objects, ...more] };
}

const proxy = (node: string, ready: boolean): KubeObject =>
  o.pod(`kube-proxy-${node}`, { namespace: 'kube-system', labels: { 'k8s-app': 'kube-proxy' }, node, ready });

/** The DaemonSet alone: of the other nodes' kube-proxy pods a diagnosis reads nothing. */
const proxies = (desiredNumberScheduled: number): KubeObject =>
  o.object(
    'apps/v1',
    'DaemonSet',
    'kube-proxy',
    {
      spec: { template: { metadata: { labels: { 'k8s-app': 'kube-proxy' } }, spec: { containers: [] } } },
      status: { desiredNumberScheduled },
    },
    'kube-system',
  );

export const ways: Scenario[] = [
  {
    mode: 'cross-node-overlay-blocked',
    silent: [apart('worker-1'), apart('worker-2', [onLedger(undefined)])],
  },
  {
    mode: 'kube-proxy-not-running-on-node',
    fires: [
      {
        ...apart('worker-2', [proxy('worker-1', false), proxy('worker-2', true)]),
        at: 'Node/worker-1',
        message:
          'kube-proxy does not run on node worker-1: Deployment client there gets no answer from Service ledger.',
      },
      { ...apart('worker-2', [proxies(3)]), at: 'Node/worker-1' },
    ],
    // As a host process it has no pod, and where something replaces it none is wanted: nothing is known.
    silent: [
      apart('worker-2'),
      apart('worker-2', [proxy('worker-1', true)]),
      apart('worker-2', [proxies(3), proxy('worker-1', true)]),
      apart('worker-2', [proxies(0)]),
    ],
  },
];

function dns(egress: NonNullable<NetworkPolicy['spec']>['egress'], log = 'lookup ledger: i/o timeout'): Case {
  return client(log, {
    policies: [
      o.policy('client', {
        podSelector: { matchLabels: { app: 'client' } },
        policyTypes: ['Egress'],
        ...(egress ? { egress } : {}),
      }),
    ],
  });
}

const env = (value: string): Container => ({ env: [{ name: 'LEDGER_URL', value }] });
const E = 'Deployment/shop/client spec.template.spec.containers[0].env[0].value';
const nx = (host: string): string =>
  `Get "http://${host}": dial tcp: lookup ${host} on 10.96.0.10:53: no such host`;

/** CoreDNS in trouble: its own pods replace those of the frame. */
function coredns(state: Parameters<typeof o.waiting>[0] | null, log?: string): Case {
  const labels = { 'k8s-app': 'kube-dns' };
  const made = o.deployment('coredns', {
    namespace: 'kube-system',
    labels,
    container: {
      ports: [
        { name: 'dns', containerPort: 53, protocol: 'UDP' },
        { name: 'dns-tcp', containerPort: 53, protocol: 'TCP' },
      ],
    },
    podOptions: () =>
      state === null
        ? {}
        : { states: { app: state === 'crash' ? o.crashed(1) : o.waiting(state, 'not found') } },
  });
  const service = o.service(
    'kube-dns',
    {
      selector: labels,
      clusterIP: '10.96.0.10',
      ports: [
        { name: 'dns', port: 53, protocol: 'UDP', targetPort: 53 },
        { name: 'dns-tcp', port: 53, protocol: 'TCP', targetPort: 53 },
      ],
    },
    'kube-system',
  );
  const gone = o.pod('coredns-1', {
    namespace: 'kube-system',
    labels,
    ready: false,
    status: { phase: 'Succeeded' },
  });
  return {
    objects: [...made.all, service, o.slice(service, made.pods), gone],
    subject: made.deployment,
    ...(log ? { extra: { logs: [o.logOf(made.pods[0]!, log, 'app', true)] } } : {}),
  };
}

const noDns = (): Case => {
  const made = client('lookup ledger on 10.96.0.10:53: server misbehaving', { ready: false });
  return { ...made, objects: [...made.objects, ...coredns('ImagePullBackOff').objects] };
};

export const names: Scenario[] = [
  {
    mode: 'service-missing',
    fires: [
      {
        ...client(nx('payments'), { container: env('http://payments') }),
        at: E,
        message:
          'Deployment client asks for payments, and there is no Service of that name in namespace shop.',
      },
    ],
    silent: [
      client(nx('ledger')),
      client(nx('example.com')),
      client(nx('payments'), { spec: { hostAliases: [{ ip: '1.2.3.4', hostnames: ['payments'] }] } }),
    ],
  },
  {
    mode: 'cross-namespace-short-name',
    silent: [client(nx('ledger.pay'), { ledger: [...ledger('pay'), o.namespace('pay')] })],
  },
  {
    mode: 'wrong-service-fqdn',
    fires: [
      {
        ...client('starting', { ready: false, container: env('http://ledger.pay.svc:80') }),
        at: E,
        message:
          'Deployment client asks for ledger.pay.svc; namespace pay has no Service ledger, that is in shop.',
      },
      {
        ...client(nx('cart.pay.svc'), {}),
        message: 'Deployment client asks for cart.pay.svc; there is no namespace pay.',
      },
    ],
    silent: [
      client(nx('ledger.shop.svc.cluster.local')),
      client('starting', { container: env('http://ledgr.shop.svc') }),
    ],
  },
  {
    mode: 'dns-hostnetwork-clusterfirst',
    silent: [client(nx('ledger'), { spec: { hostNetwork: true, dnsPolicy: 'ClusterFirstWithHostNet' } })],
  },
  {
    mode: 'dns-policy-default-no-cluster-names',
    silent: [client(nx('example.com'), { spec: { dnsPolicy: 'Default' } })],
  },
  {
    mode: 'coredns-loop',
    fires: [
      {
        ...coredns(
          'crash',
          '[FATAL] plugin/loop: Loop (127.0.0.1:53 -> :53) detected for zone ".", see https://coredns.io/plugins/loop#troubleshooting',
        ),
        at: 'Deployment/kube-system/coredns',
      },
    ],
    silent: [
      coredns(null, 'Loop (127.0.0.1:53 -> :53) detected for zone "."'),
      coredns('crash', 'out of memory'),
    ],
  },
  {
    mode: 'coredns-config-error',
    fires: [
      {
        ...coredns('crash', "/etc/coredns/Corefile:3 - Error during parsing: Unknown directive 'forwrd'"),
        message:
          "CoreDNS cannot read its Corefile: /etc/coredns/Corefile:3 - Error during parsing: Unknown directive 'forwrd'",
      },
    ],
    silent: [coredns(null, 'Corefile:3 - Error during parsing')],
  },
  {
    mode: 'coredns-not-running',
    fires: [
      {
        ...noDns(),
        as: 'consequence',
        message: 'The cluster DNS has no ready pod (0 of 2): every lookup of Deployment client fails.',
      },
      { ...coredns('ImagePullBackOff'), as: 'consequence' },
    ],
    silent: [coredns(null), client('lookup ledger on 10.96.0.10:53: server misbehaving', { ready: false })],
  },
];
