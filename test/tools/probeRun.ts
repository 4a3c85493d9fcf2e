/** Active tests in tests: plans one for objects, answers it in the words of the tools, and diagnoses with what came of it. */
import { buildScene } from '../../server/src/core/diagnosis/buildScene.ts';
import { diagnose } from '../../server/src/core/diagnosis/diagnose.ts';
import type { Observed } from '../../server/src/core/diagnosis/observed.ts';
import { indexObserved } from '../../server/src/core/diagnosis/observedIndex.ts';
import type { DiagnosisReport } from '../../server/src/core/diagnosis/report.ts';
import type { KubeObject } from '../../server/src/core/kube/object.ts';
import type { Pod } from '../../server/src/core/kube/types.ts';
import type { ProbeCheck, ProbePlan, ProbeRun } from '../../server/src/core/probe/check.ts';
import { parseProbe } from '../../server/src/core/probe/parse.ts';
import { onNode, planProbe } from '../../server/src/core/probe/plan.ts';
import { sayProbe } from '../../server/src/core/probe/say.ts';
import { frame } from './diagnosisRun.ts';
import * as o from './objects.ts';

const english = (template: string): string => template;

export const planOf = (
  objects: readonly KubeObject[],
  subject: KubeObject,
  extra: Partial<Observed> = {},
): ProbePlan =>
  planProbe(
    buildScene(indexObserved(o.observed([...objects, ...frame()], extra)), o.subjectOf(subject)),
    english,
  );

/** What a tool says, as it was seen in the test cluster. */
export const says = {
  found: (name: string): string =>
    `;; Got answer:\n;; ->>HEADER<<- opcode: QUERY, status: NOERROR, id: 1\n;; ANSWER SECTION:\n${name}. 30\tIN\tA\t10.96.0.1\n\n;; Query time: 0 msec\n`,
  status: (status: string): string =>
    `;; Got answer:\n;; ->>HEADER<<- opcode: QUERY, status: ${status}, id: 9001\n`,
  silence: (server: string): string =>
    `;; communications error to ${server}#53: timed out\n;; no servers could be reached\n`,
  connected: (address: string, port: number): string =>
    `Connection to ${address} ${port} port [tcp/*] succeeded!\n`,
  refused: (address: string, port: number): string =>
    `nc: connect to ${address} port ${port} (tcp) failed: Connection refused\n`,
  timedOut: (address: string, port: number): string =>
    `nc: connect to ${address} port ${port} (tcp) timed out: Operation now in progress\n`,
  back: (size: number): string =>
    `PING 10.0.0.1 (10.0.0.1) ${size}(${size + 28}) bytes of data.\n${size + 8} bytes from 10.0.0.1: icmp_seq=1 ttl=62 time=0.155 ms\n\n1 packets transmitted, 1 received, 0% packet loss, time 0ms\n`,
  lost: (size: number): string =>
    `PING 10.0.0.1 (10.0.0.1) ${size}(${size + 28}) bytes of data.\n\n1 packets transmitted, 0 received, 100% packet loss, time 0ms\n`,
};

const HTTP_OK = '{"errormsg":null,"exitcode":0,"http_code":200,"time_connect":0.001}';

/** Answers to single tests; what is not answered here works. A socket is `address hex:port hex`, as the kernel writes it. */
export interface Answers {
  connect?: (check: Extract<ProbeCheck, { kind: 'connect' }>) => string | undefined;
  lookup?: (name: string, protocol: 'udp' | 'tcp') => string | undefined;
  ask?: (address: string) => string | undefined;
  packet?: (size: number) => string | undefined;
  sockets?: readonly string[];
}

const record = (id: string, text: string, code: number): string =>
  `\u001e>${id}\n${text}\u001e<${id} ${code}\n`;

function answerTo(check: ProbeCheck, id: string, answers: Answers): string[] {
  switch (check.kind) {
    case 'lookup':
      return (['udp', 'tcp'] as const).map((protocol) => {
        const text = answers.lookup?.(check.name, protocol) ?? says.found(check.name);
        return record(`${id}/${protocol}/10.96.0.10`, text, text.includes('HEADER') ? 0 : 9);
      });
    case 'ask': {
      const text = answers.ask?.(check.address) ?? says.found(check.name);
      return [record(id, text, text.includes('HEADER') ? 0 : 9)];
    }
    case 'connect': {
      const text = answers.connect?.(check) ?? says.connected(check.address, check.port);
      return [record(id, text, text.includes('succeeded') ? 0 : 1)];
    }
    case 'http':
      return [record(id, HTTP_OK, 0)];
    case 'packets':
      return [56, 1272, 1372, 1422, 1472].map((size) => {
        const text = answers.packet?.(size) ?? says.back(size);
        return record(`${id}/${size}`, text, text.includes('bytes from') ? 0 : 1);
      });
  }
}

/** The output of the script for these checks, in a pod that asks 10.96.0.10. */
export function outputOf(checks: readonly ProbeCheck[], answers: Answers): string {
  const sockets = (answers.sockets ?? []).map(
    (socket, at) =>
      `   ${at}: ${socket} 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1 2 0\n`,
  );
  return [
    record('resolv', 'nameserver 10.96.0.10\n', 0),
    record('listen', `  sl  local_address rem_address   st\n${sockets.join('')}`, 0),
    ...checks.flatMap((check, at) => answerTo(check, String(at), answers)),
    '\u001e.\n',
  ].join('');
}

/** The run of a planned test with these answers. */
export function probed(
  objects: readonly KubeObject[],
  subject: KubeObject,
  answers: Answers,
  extra: Partial<Observed> = {},
): ProbeRun {
  const plan = planOf(objects, subject, extra);
  if (plan.kind === 'none') throw new Error(plan.reason);
  const { source } = plan;
  const ref =
    source.kind === 'pod'
      ? source.pod
      : { apiVersion: 'v1', kind: 'Pod', namespace: source.namespace, name: 'pod-triage-probe-x' };
  const pod = objects.find(({ kind, metadata }) => kind === 'Pod' && metadata.name === ref.name) as
    | Pod
    | undefined;
  const node = pod?.spec?.nodeName ?? 'worker-1';
  const { checks, untested } = onNode(plan, node, '192.0.2.1', sayProbe(english));
  return {
    from: { pod: ref, node, made: source.kind === 'new', labels: pod?.metadata.labels ?? {} },
    at: o.NOW,
    ...parseProbe(checks, outputOf(checks, answers)),
    untested,
  };
}

export function diagnoseProbed(
  objects: readonly KubeObject[],
  subject: KubeObject,
  answers: Answers,
  extra: Partial<Observed> = {},
): DiagnosisReport {
  const run = probed(objects, subject, answers, extra);
  return diagnose(
    o.observed([...objects, ...frame()], { ...extra, probe: { kind: 'run', run } }),
    o.subjectOf(subject),
  );
}
