/** What of the test bed can be tested without a cluster: the faults as data, and the runner's own judgement. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { valuesAt } from '../cluster/lib/faults/conditions.ts';
import { faultIds, loadFault } from '../cluster/lib/faults/fault.ts';
import { type Diagnosis, mistake } from '../cluster/lib/faults/verdict.ts';
import { planOf, SLOTS } from '../cluster/lib/layout.ts';

const cause = (id: string, ref: string, message = '') => {
  const [kind = '', namespace = '', name = ''] = ref.split('/');
  return { id, confidence: 'certain', object: { kind, namespace, name }, message, evidence: [] };
};

for (const id of faultIds()) {
  test(`fault ${id} can be planted and says what is right`, () => {
    const fault = loadFault(id);
    assert.ok(fault.manifests.length > 0 && fault.wait.length > 0);
    assert.equal(id.startsWith('healthy-'), fault.expect.root === null);
    const [kind, name] = fault.diagnose.split('/');
    // Its own namespace is planted with it.
    assert.ok(
      fault.diagnose === `Namespace/${id}` ||
        fault.manifests.some((object) => object.kind === kind && object.metadata.name === name),
      `${fault.diagnose} is not among the manifests`,
    );
    for (const pattern of [fault.expect.object ?? []].flat()) assert.match(pattern, /^\w+(\/[\w.*-]+){1,2}$/);
    // What is recorded is answered in full: where, and in which words.
    if (fault.expect.root === null || fault.probe) return;
    assert.equal(typeof fault.expect.object, 'string');
    assert.equal(typeof fault.expect.path, 'string');
    assert.match(fault.expect.message ?? '', /\w{3}/);
  });
}

test('at least forty faults and six healthy workloads', () => {
  const healthy = faultIds().filter((id) => id.startsWith('healthy-'));
  assert.ok(healthy.length >= 6);
  assert.ok(faultIds().length - healthy.length >= 40);
});

test('a path reads fields, items by a field, and all items', () => {
  const pod = {
    status: { conditions: [{ type: 'Ready', status: 'True' }], list: [{ n: 1 }, { n: 2 }] },
  };
  assert.deepEqual(valuesAt(pod, 'status.conditions[type=Ready].status'), ['True']);
  assert.deepEqual(valuesAt(pod, 'status.conditions[type=Other].status'), []);
  assert.deepEqual(valuesAt(pod, 'status.list[].n'), [1, 2]);
  assert.deepEqual(valuesAt(pod, 'status.absent.n'), []);
});

const said = (...rootCauses: Diagnosis['rootCauses']): Diagnosis => ({
  rootCauses,
  consequences: [],
  alsoSeen: [],
  notChecked: [],
});

test('what else must be said is a further cause or a remark, word for word', () => {
  const remark = { id: 'hpa-at-max', message: 'HorizontalPodAutoscaler web wants more.' };
  const expected = { root: null, also: { [remark.id]: 'HorizontalPodAutoscaler * wants more.' } };
  assert.equal(mistake(expected, { ...said(), alsoSeen: [remark] }), undefined);
  assert.match(mistake(expected, said()) ?? '', /expected also hpa-at-max .*, got nothing/);
  const otherwise = { ...remark, message: 'HorizontalPodAutoscaler web has enough.' };
  assert.match(mistake(expected, { ...said(), alsoSeen: [otherwise] }) ?? '', /got hpa-at-max/);
  const beside = said(cause('oom-killed-main', 'Pod/a/web', 'a'), cause('hpa-at-max', 'Pod/a/web', 'b'));
  const root = 'oom-killed-main';
  assert.equal(mistake({ root, also: { 'hpa-at-max': '**' } }, beside), undefined);
  // The first cause is not something else beside itself.
  assert.match(mistake({ root, also: { [root]: '**' } }, beside) ?? '', /expected also oom-killed-main/);
});

test('the first root cause has to be the expected one, on the expected object', () => {
  const expected = { root: 'oom-killed-main', object: ['Pod/a/web-*', 'Deployment/a/web'] };
  const verdict = (...rootCauses: ReturnType<typeof cause>[]) => mistake(expected, said(...rootCauses));
  assert.equal(verdict(cause('oom-killed-main', 'Pod/a/web-7f-x')), undefined);
  assert.match(verdict(cause('oom-killed-main', 'Pod/b/web-7f-x')) ?? '', /expected oom-killed-main on/);
  assert.match(verdict(cause('exit-1-app-error', 'Pod/a/web-7f-x')) ?? '', /got exit-1-app-error on Pod/);
  assert.match(verdict() ?? '', /got nothing/);
});

test('a cause that must not be named fails even behind the right one', () => {
  const expected = { root: 'image-not-found', not: ['registry-unreachable'] };
  const both = said(cause('image-not-found', 'Pod/a/b'), cause('registry-unreachable', 'Pod/a/b'));
  assert.match(mistake(expected, both) ?? '', /registry-unreachable must not be named/);
});

test('the place of the cause is told to the last step', () => {
  const at = (path?: string) => said({ ...cause('x', 'Pod/a/b'), ...(path ? { path } : {}) });
  const expected = { root: 'x', path: 'spec.initContainers[0].args' };
  assert.equal(mistake(expected, at('spec.initContainers[0].args')), undefined);
  assert.match(mistake(expected, at('spec.initContainers[0].args[1]')) ?? '', /got spec\.init.*args\[1\]/);
  assert.match(mistake(expected, at()) ?? '', /got no path/);
  assert.equal(mistake({ root: 'x', path: '' }, at()), undefined);
  assert.match(mistake({ root: 'x', path: '' }, at('spec')) ?? '', /expected x at no path, got spec/);
  assert.equal(mistake({ root: 'x', path: 'status.conditions[*]' }, at('status.conditions[3]')), undefined);
});

test('the sentence is told word for word but for what is drawn by lot', () => {
  const verdict = (message: string, text: string) =>
    mistake({ root: 'x', message }, said(cause('x', 'Pod/a/b', text)));
  assert.equal(verdict('Killed at 64Mi (* restarts).', 'Killed at 64Mi (12 restarts).'), undefined);
  assert.match(verdict('Killed at 64Mi (* restarts).', 'Killed at 32Mi (12 restarts).') ?? '', /got "Killed/);
  assert.match(verdict('Killed (* restarts).', 'Killed (at least 2 restarts).') ?? '', /expected "Killed/);
  assert.match(verdict('Killed (* restarts).', 'Killed ( restarts).') ?? '', /expected "Killed/);
  assert.match(verdict('Killed.', 'Killed. And more.') ?? '', /expected "Killed/);
  assert.match(verdict('a.b', 'a-b') ?? '', /expected "a\.b"/);
  assert.equal(verdict('No room: **.', 'No room: node-a 1 / 2, node-b 2 / 2.'), undefined);
  assert.match(verdict('No room: **.', 'No room: .') ?? '', /expected "No room/);
});

test('what it leads to is asked of the right cause, others may be there', () => {
  const consequence = (id: string, message: string, rootCause = 0) => ({ id, message, rootCause });
  const expected = { root: 'x', leadsTo: { 'not-ready': 'Deployment web is not ready: *.' } };
  const verdict = (...consequences: Diagnosis['consequences']) =>
    mistake(expected, { ...said(cause('x', 'Pod/a/b'), cause('y', 'Pod/a/c')), consequences });
  const right = consequence('not-ready', 'Deployment web is not ready: app.');
  assert.equal(verdict(consequence('other', 'Other.'), right), undefined);
  assert.match(verdict() ?? '', /lead to not-ready .*, got nothing/);
  assert.match(verdict({ ...right, rootCause: 1 }) ?? '', /got nothing/);
  assert.match(
    verdict({ ...right, message: 'Deployment web is well.' }) ?? '',
    /got not-ready "Deployment web is/,
  );
});

test('evidence and certainty can be asked for', () => {
  const found = said({
    ...cause('x', 'Pod/a/b'),
    evidence: [{ source: 'Pod a/b', path: 'spec', text: 'nodeName: n' }],
  });
  assert.equal(
    mistake({ root: 'x', evidence: '^Pod a/b spec nodeName', confidence: 'certain' }, found),
    undefined,
  );
  assert.match(mistake({ root: 'x', evidence: 'nodeNames' }, found) ?? '', /got Pod a\/b spec nodeName: n/);
  assert.match(mistake({ root: 'x', confidence: 'likely' }, found) ?? '', /it is certain/);
});

test('what was not checked can be asked for', () => {
  const gap = { check: 'Node', reason: 'forbidden', detail: 'needs list nodes' };
  const limited = { root: null, notChecked: ['Node: forbidden'] };
  assert.equal(mistake(limited, { ...said(), notChecked: [gap] }), undefined);
  assert.match(mistake(limited, said()) ?? '', /expected "Node: forbidden"/);
});

test('where nothing is wrong nothing may be named', () => {
  assert.equal(mistake({ root: null }, said()), undefined);
  assert.match(mistake({ root: null }, said(cause('x', 'Pod/a/b'))) ?? '', /expected nothing/);
});

test('no two clusters on a machine share an address range or a name', () => {
  const plans = Array.from({ length: SLOTS }, (_, slot) => planOf(slot));
  const all = plans.flatMap((p) => [p.podRange, p.serviceRange, p.nodeRange, p.hostLink, p.lanNetns]);
  const names = plans.flatMap((p) => p.nodes.flatMap((node) => [node.netns, node.cgroup, node.address]));
  assert.equal(new Set([...all, ...names]).size, all.length + names.length);
});
