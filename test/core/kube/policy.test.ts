import assert from 'node:assert/strict';
import { test } from 'node:test';
import { containsAddress, parseAddress, parseCidr } from '../../../server/src/core/kube/cidr.ts';
import {
  judgeSide,
  type PolicyEnd,
  type PolicyPod,
  peerMatches,
  policiesSelecting,
  policyDirections,
  portsAdmit,
} from '../../../server/src/core/kube/policy.ts';
import { resourcesOf, Store } from '../../../server/src/core/kube/store.ts';
import type {
  NetworkPolicy,
  NetworkPolicyPeer,
  NetworkPolicyPort,
} from '../../../server/src/core/kube/types.ts';
import { parseFile } from '../../../server/src/core/yaml/parse.ts';

const policy = (spec: object): NetworkPolicy => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { name: 'p' },
  spec,
});

const DIRECTIONS: [object, string[]][] = [
  [{}, ['ingress']],
  [{ egress: [] }, ['ingress']],
  [{ egress: [{}] }, ['ingress', 'egress']],
  [{ ingress: [{}] }, ['ingress']],
  [{ policyTypes: [], egress: [{}] }, ['ingress', 'egress']],
  [{ policyTypes: ['Egress'], ingress: [{}] }, ['egress']],
  [{ policyTypes: ['Ingress', 'Egress'] }, ['ingress', 'egress']],
  [{ policyTypes: ['Ingress'], egress: [{}] }, ['ingress']],
];
for (const [spec, expected] of DIRECTIONS)
  test(`directions of ${JSON.stringify(spec)}`, () =>
    assert.deepEqual(policyDirections(policy(spec)), expected));

const web: PolicyPod = { kind: 'pod', namespace: 'shop', labels: { app: 'web' } };
const other: PolicyPod = { kind: 'pod', namespace: 'other', labels: { app: 'web' } };
const known: PolicyPod = { ...other, ips: ['10.1.2.3', 'fd00::3'] };
const client: PolicyEnd = { kind: 'address', ip: '203.0.113.9' };
const labelsOf = (namespace: string) => ({
  'kubernetes.io/metadata.name': namespace,
  tier: namespace === 'shop' ? 'x' : 'y',
});

/** Peers are written in a policy of namespace shop. */
const PEERS: [string, NetworkPolicyPeer, PolicyEnd, boolean][] = [
  ['podSelector alone is the own namespace', { podSelector: {} }, web, true],
  ['podSelector alone is no other namespace', { podSelector: {} }, other, false],
  [
    'namespaceSelector alone is all pods there',
    { namespaceSelector: { matchLabels: { tier: 'y' } } },
    other,
    true,
  ],
  ['an empty namespaceSelector is every pod', { namespaceSelector: {} }, other, true],
  ['an empty namespaceSelector is nobody outside', { namespaceSelector: {} }, client, false],
  [
    'both must match',
    { namespaceSelector: { matchLabels: { tier: 'y' } }, podSelector: { matchLabels: { app: 'api' } } },
    other,
    false,
  ],
  [
    'both match',
    { namespaceSelector: { matchLabels: { tier: 'y' } }, podSelector: { matchLabels: { app: 'web' } } },
    other,
    true,
  ],
  [
    'the implied name label',
    { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'other' } } },
    other,
    true,
  ],
  ['an empty peer is nobody', {}, web, false],
  ['a block takes an address inside', { ipBlock: { cidr: '203.0.113.0/24' } }, client, true],
  [
    'a block leaves what it excepts',
    { ipBlock: { cidr: '203.0.113.0/24', except: ['203.0.113.8/29'] } },
    client,
    false,
  ],
  ['a block takes a pod by its address', { ipBlock: { cidr: '10.1.0.0/16' } }, known, true],
  ['a block takes a pod by its other address', { ipBlock: { cidr: 'fd00::/64' } }, known, true],
  ['a block cannot take a pod whose address is unknown', { ipBlock: { cidr: '10.0.0.0/8' } }, other, false],
  ['every address takes every pod', { ipBlock: { cidr: '0.0.0.0/0' } }, other, true],
  [
    'NotIn takes pods without the label',
    { podSelector: { matchExpressions: [{ key: 'x', operator: 'NotIn', values: ['y'] }] } },
    web,
    true,
  ],
];
for (const [name, peer, end, expected] of PEERS)
  test(`peer: ${name}`, () => assert.equal(peerMatches(peer, end, 'shop', labelsOf), expected));

const named: PolicyPod = {
  ...web,
  ports: [
    { name: 'dns', containerPort: 53, protocol: 'UDP' },
    { name: 'http', containerPort: 8080 },
  ],
};
const PORTS: [string, NetworkPolicyPort[] | undefined, number, string, boolean][] = [
  ['absent opens all', undefined, 80, 'SCTP', true],
  ['empty opens all', [], 80, 'UDP', true],
  ['an empty entry is every TCP port', [{}], 80, 'TCP', true],
  ['an empty entry is no UDP port', [{}], 80, 'UDP', false],
  ['a protocol alone is all its ports', [{ protocol: 'UDP' }], 53, 'UDP', true],
  ['a port alone is TCP', [{ port: 53 }], 53, 'UDP', false],
  ['a range includes its end', [{ port: 50, endPort: 60 }], 60, 'TCP', true],
  ['a range ends', [{ port: 50, endPort: 60 }], 61, 'TCP', false],
  ['a name on the target', [{ port: 'http' }], 8080, 'TCP', true],
  ['a name of another port', [{ port: 'http' }], 80, 'TCP', false],
  ['a name under its protocol', [{ port: 'dns', protocol: 'UDP' }], 53, 'UDP', true],
  ['a name under another protocol', [{ port: 'dns' }], 53, 'TCP', false],
  ['one of several', [{ port: 1 }, { port: 2 }], 2, 'TCP', true],
];
for (const [name, ports, port, protocol, expected] of PORTS)
  test(`ports: ${name}`, () => assert.equal(portsAdmit(ports, { port, protocol }, named), expected));

const STORE = new Store();
STORE.setFile(
  'p.yaml',
  resourcesOf(
    parseFile(
      'p.yaml',
      `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: deny, namespace: shop }
spec: { podSelector: {} }
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: web, namespace: shop }
spec:
  podSelector: { matchLabels: { app: web } }
  ingress:
    - from: [{ podSelector: { matchLabels: { app: api } } }]
    - from: []
      ports: [{ port: 8080 }]
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: out, namespace: shop }
spec: { policyTypes: [Egress] }
`,
    ),
  ),
);

test('policies of another namespace select nobody here', () => {
  assert.deepEqual(policiesSelecting(STORE, other), []);
  assert.deepEqual(
    policiesSelecting(STORE, web).map(({ ref }) => ref.name),
    ['deny', 'web', 'out'],
  );
  assert.deepEqual(
    policiesSelecting(STORE, web, 'egress').map(({ ref }) => ref.name),
    ['out'],
  );
});

test('policies add up: what one admits no other takes away', () => {
  const verdict = judgeSide(STORE, web, 'ingress', client, { port: 8080, protocol: 'TCP' });
  assert.equal(verdict.allowed, true);
  assert.deepEqual([verdict.admitting?.policy.ref.name, verdict.admitting?.rule], ['web', 1]);
});

test('what none admits is denied, and every isolating policy is named', () => {
  const verdict = judgeSide(STORE, web, 'ingress', client, { port: 9090, protocol: 'TCP' });
  assert.equal(verdict.allowed, false);
  assert.deepEqual(
    verdict.isolating.map(({ ref }) => ref.name),
    ['deny', 'web'],
  );
});

test('a pod that nothing isolates is open', () => {
  assert.deepEqual(judgeSide(STORE, other, 'egress', web, { port: 1, protocol: 'TCP' }), {
    allowed: true,
    isolating: [],
  });
});

const ADDRESSES: [string, boolean][] = [
  ['10.0.0.1', true],
  ['10.0.0.256', false],
  ['010.0.0.1', false],
  ['10.0.0', false],
  ['fd00::1', true],
  ['::', true],
  ['1:2:3:4:5:6:7:8', true],
  ['1:2:3:4:5:6:7:8::', false],
  ['1::2::3', false],
  ['::ffff:10.0.0.1', true],
  ['fd00::g', false],
  ['', false],
];
for (const [text, expected] of ADDRESSES)
  test(`address ${text}`, () => assert.equal(parseAddress(text) !== undefined, expected));

test('blocks hold addresses and blocks of their family', () => {
  const inside = (block: string, inner: string) =>
    containsAddress(parseCidr(block)!, (inner.includes('/') ? parseCidr(inner) : parseAddress(inner))!);
  assert.equal(inside('10.0.0.0/8', '10.255.0.1'), true);
  assert.equal(inside('10.1.2.3/24', '10.1.2.200'), true);
  assert.equal(inside('10.0.0.0/8', '11.0.0.1'), false);
  assert.equal(inside('10.0.0.0/16', '10.0.0.0/8'), false);
  assert.equal(inside('10.0.0.0/8', '10.3.0.0/16'), true);
  assert.equal(inside('0.0.0.0/0', 'fd00::1'), false);
  assert.equal(inside('::/0', 'fd00::1'), true);
  assert.equal(inside('10.0.0.0/8', '::ffff:10.0.0.1'), true);
  assert.equal(parseCidr('10.0.0.0/33'), undefined);
  assert.equal(parseCidr('10.0.0.0'), undefined);
  assert.equal(parseCidr('10.0.0.0/08'), undefined);
});
