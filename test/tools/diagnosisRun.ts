/** Runs a diagnosis in tests and says its answer in few words. */
import assert from 'node:assert/strict';
import { diagnose } from '../../server/src/core/diagnosis/diagnose.ts';
import type { Observed, Subject } from '../../server/src/core/diagnosis/observed.ts';
import type { DiagnosisReport } from '../../server/src/core/diagnosis/report.ts';
import type { Finding } from '../../server/src/core/finding.ts';
import type { KubeObject } from '../../server/src/core/kube/object.ts';
import { formatRef } from '../../server/src/core/kube/ref.ts';
import * as o from './objects.ts';

/** A healthy cluster's frame: two nodes, DNS. A test's own objects of the same name take precedence. */
export function frame(): KubeObject[] {
  const dns = o.service(
    'kube-dns',
    {
      selector: { 'k8s-app': 'kube-dns' },
      clusterIP: '10.96.0.10',
      ports: [
        { name: 'dns', port: 53, protocol: 'UDP', targetPort: 53 },
        { name: 'dns-tcp', port: 53, protocol: 'TCP', targetPort: 53 },
      ],
    },
    'kube-system',
  );
  const coredns = o.pod('coredns-1', {
    namespace: 'kube-system',
    labels: { 'k8s-app': 'kube-dns' },
    ip: '10.244.9.9',
    age: 9 * o.DAY,
    container: {
      name: 'coredns',
      image: 'coredns:1',
      ports: [
        { name: 'dns', containerPort: 53, protocol: 'UDP' },
        { name: 'dns-tcp', containerPort: 53, protocol: 'TCP' },
      ],
    },
  });
  return [
    o.node('worker-1'),
    o.node('worker-2'),
    o.namespace('shop'),
    o.namespace('kube-system'),
    dns,
    coredns,
    o.slice(
      dns,
      [coredns],
      [
        { name: 'dns', port: 53, protocol: 'UDP' },
        { name: 'dns-tcp', port: 53, protocol: 'TCP' },
      ],
    ),
  ];
}

export function run(
  objects: readonly KubeObject[],
  subject: KubeObject | Subject,
  extra: Partial<Observed> = {},
): DiagnosisReport {
  const who = 'metadata' in subject ? o.subjectOf(subject) : subject;
  return diagnose(o.observed([...objects, ...frame()], extra), who);
}

/** `id Kind/ns/name path`, one line a root cause. */
export const roots = ({ rootCauses }: DiagnosisReport): string[] =>
  rootCauses.map(({ id, object, path }) => [id, formatRef(object), path].filter((part) => part).join(' '));

export const ids = ({ rootCauses }: DiagnosisReport): string[] => rootCauses.map(({ id }) => id);
export const chain = ({ consequences }: DiagnosisReport): string[] => consequences.map(({ id }) => id);

/** All that an answer names, wherever it stands in it. */
export const everything = ({ rootCauses, consequences, alsoSeen }: DiagnosisReport): Finding[] => [
  ...rootCauses,
  ...consequences,
  ...alsoSeen,
];

/** Nothing is wrong, and no mode threw. */
export function assertHealthy(report: DiagnosisReport): void {
  assert.deepEqual(roots(report), []);
  assertEvaluated(report);
}

export function assertEvaluated({ notChecked }: DiagnosisReport): void {
  assert.deepEqual(
    notChecked.filter(({ reason }) => reason === 'not-evaluated'),
    [],
  );
}

/** The first root cause is this, every place of its message is filled, and it quotes something. */
export function assertVerdict(report: DiagnosisReport, verdict: string, message?: string): void {
  assertEvaluated(report);
  assert.equal(roots(report)[0], verdict);
  const [first] = report.rootCauses;
  assert.ok(first);
  assert.doesNotMatch(first.message, /\{\w+\}|undefined|\(\)|: \.$/);
  assert.ok(first.evidence.length > 0, 'a verdict has evidence');
  assert.ok(
    first.evidence.every(({ text }) => text !== ''),
    'evidence quotes something',
  );
  if (message !== undefined) assert.equal(first.message, message);
}
