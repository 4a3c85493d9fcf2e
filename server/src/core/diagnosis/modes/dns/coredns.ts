/** The cluster's own DNS. */
import type { Resource } from '../../../kube/store.ts';
import type { Service } from '../../../kube/types.ts';
import { crashing, isReady } from '../../containers.ts';
import { topOwner } from '../../declared.ts';
import { endpointsOf } from '../../endpoints.ts';
import { endedLog, fieldEvidence, kubectl, logEvidence } from '../../evidence.ts';
import { dnsPods } from '../../ladder.ts';
import { defineMode, type FailureMode } from '../../mode.ts';
import type { Scene } from '../../scene.ts';
import { nameOf } from '../name.ts';
import { callsInScene, WAITS } from '../service/remote.ts';

/** Ids of what a cluster without DNS looks like from a pod. */
const AFTER_DNS = [
  ...WAITS,
  'service-missing',
  'wrong-service-fqdn',
  'cross-namespace-short-name',
  'probe-depends-on-remote',
  'service-no-ready-endpoints',
];

/** A sign that has its reason in the DNS pods themselves. */
export const corednsNotRunning = defineMode({
  id: 'coredns-not-running',
  step: 'dns',
  severity: 'error',
  confidence: 'certain',
  case: 'coredns-not-running',
  symptom: true,
  explains: AFTER_DNS,
  messages: {
    none: 'The cluster DNS has no ready pod ({ready} of {total}): every lookup of {workload} fails.',
    absent: 'The cluster DNS (Service kube-dns) has no pods: every lookup of {workload} fails.',
  },
  detect(scene, { report }) {
    const service = scene.find<Service>('Service', 'kube-system', 'kube-dns');
    if (!service || scene.gapOf('Pod', 'kube-system')) return;
    const pods = dnsPods(scene);
    const ready = pods.filter(({ object }) => isReady(object));
    const isAbout = scene.services.includes(service) || pods.some((pod) => scene.subjectPods.has(pod));
    const calls = callsInScene(scene).filter(({ error }) => /^(?:unresolved|lookup-)/.test(error.symptom));
    if (ready.length > 0 || endpointsOf(scene, service).ready > 0 || (!isAbout && calls.length === 0)) return;
    const [first] = pods;
    const idle = first ? undefined : workloadBehind(scene, service);
    const guilty = first ? topOwner(scene, first) : (idle ?? service);
    const [call] = calls;
    report(first ? 'none' : 'absent', guilty, {
      ...(idle ? { path: ['spec', 'replicas'] } : {}),
      data: {
        ready: 0,
        total: pods.length,
        workload: call ? nameOf(topOwner(scene, call.fact.pod)) : nameOf(guilty),
      },
      evidence: [
        ...pods.slice(0, 2).map((pod) => fieldEvidence(pod, ['status', 'conditions'])),
        ...(call ? [logEvidence(call.fact.pod, call.fact.name, call.previous, call.error.line)] : []),
        ...(idle ? [fieldEvidence(idle, ['spec', 'replicas'])] : []),
        ...(first || idle ? [] : [fieldEvidence(service, ['spec', 'selector'])]),
      ],
      affects: [service, ...pods, ...calls.map(({ fact }) => fact.pod)],
      commands: kubectl('kube-system', 'get', 'pods', '-l', 'k8s-app=kube-dns', '-o', 'wide'),
    });
  },
});

/** The Deployment whose pods the Service would select, when it has none. */
const workloadBehind = ({ store }: Scene, service: Resource<Service>): Resource | undefined => {
  const [found] = store
    .workloadsWithLabels('kube-system', service.object.spec?.selector ?? {})
    .filter(({ ref }) => ref.kind === 'Deployment');
  return found && store.get(found.ref);
};

const crashMode = (id: string, caseId: string, pattern: RegExp, message: string): FailureMode =>
  defineMode({
    id,
    step: 'running',
    severity: 'error',
    confidence: 'certain',
    case: caseId,
    explains: ['exit-1-app-error', 'exit-2-shell-misuse', 'crash-loop-backoff', 'coredns-not-running'],
    messages: { crashes: message },
    detect(scene, { report }) {
      const dns = new Set(dnsPods(scene));
      for (const fact of crashing(scene)) {
        if (!dns.has(fact.pod)) continue;
        const log = endedLog(scene, fact);
        const line = log?.text.split('\n').find((text) => pattern.test(text));
        if (!log || line === undefined) continue;
        report('crashes', topOwner(scene, fact.pod), {
          data: { line: line.trim().slice(0, 300) },
          evidence: [logEvidence(fact.pod, fact.name, log.previous, line.trimEnd())],
          affects: [fact.pod],
          commands: kubectl('kube-system', 'get', 'configmap', 'coredns', '-o', 'yaml'),
        });
      }
    },
  });

export const corednsLoop = crashMode(
  'coredns-loop',
  'coredns-loop',
  /Loop \(.*\) detected for zone/,
  'CoreDNS forwards to itself and stops: {line}',
);

export const corednsConfigError = crashMode(
  'coredns-config-error',
  'coredns-not-running',
  /Corefile:\d+ - Error during parsing|Unknown directive|plugin\/\S+: .*(?:unknown|invalid|wrong)/i,
  'CoreDNS cannot read its Corefile: {line}',
);
