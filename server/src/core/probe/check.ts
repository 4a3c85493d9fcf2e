/** An active test as plain data: what is tested, from where, and what came of it. */
import type { ObjectRef } from '../kube/ref.ts';

/** What a connection is tried to. */
export type ProbeTarget =
  /** The cluster address of a Service; `port` is the Service's. */
  | { role: 'service'; service: ObjectRef; port: number }
  /** A pod (or another address) behind a Service, without the Service in between; `port` is the Service's. */
  | {
      role: 'endpoint';
      service: ObjectRef;
      port: number;
      protocol: string;
      pod?: ObjectRef;
      node?: string;
      ready: boolean;
    }
  | { role: 'host'; host: string }
  /** The health port of kube-proxy on the node of the pod that tests. */
  | { role: 'proxy'; node: string };

export type ProbeCheck =
  /** A name through every resolver of the pod, by UDP and by TCP, with the search list. */
  | { kind: 'lookup'; name: string; service?: ObjectRef }
  /** The same name asked of one DNS pod, past the DNS Service. */
  | { kind: 'ask'; name: string; address: string; port: number; pod: ObjectRef }
  | { kind: 'connect'; address: string; port: number; target: ProbeTarget }
  | { kind: 'http'; url: string; target: ProbeTarget }
  /** Packets of growing size that must not be cut. */
  | { kind: 'packets'; address: string; target: ProbeTarget };

/** A test of a plan: known to the last word, but for the node that the testing pod turns out to run on. */
export type PlannedCheck =
  | ProbeCheck
  /** The health port of kube-proxy there. */
  | { kind: 'own-proxy'; port: number };

/** Where a test runs: inside a pod that is there, or in one that is made for it and deleted. */
export type ProbeSource = { kind: 'pod'; pod: ObjectRef } | { kind: 'new'; namespace: string };

/** Something worth testing that cannot be tested from here. */
export interface Untested {
  check: string;
  detail: string;
}

export type ProbePlan =
  | { kind: 'run'; source: ProbeSource; checks: PlannedCheck[]; untested: Untested[] }
  /** Nothing can be tested; `reason` is a sentence. */
  | { kind: 'none'; reason: string };

/** inconclusive: the tool, the time or somebody's policy stood in the way; it says nothing about the target. */
export type ProbeOutcome = 'ok' | 'failed' | 'inconclusive';

export type ProbeSymptom =
  | 'answered'
  | 'connected'
  | 'nxdomain'
  | 'no-records'
  | 'servfail'
  | 'query-refused'
  | 'timeout'
  | 'refused'
  | 'no-route'
  | 'unresolved'
  | 'reset'
  | 'no-answer'
  | 'too-big'
  | 'tool'
  | 'out-of-time'
  | 'not-run'
  | 'policy';

export interface ProbeResult {
  check: ProbeCheck;
  /** The resolver and the protocol of a lookup. */
  via?: { server: string; protocol: 'UDP' | 'TCP' };
  outcome: ProbeOutcome;
  symptom: ProbeSymptom;
  /** The tool's own words. */
  text: string;
}

/** A socket that waits for connections in the network namespace of the pod that tests. */
export interface Listener {
  address: string;
  port: number;
  scope: 'any' | 'loopback' | 'address';
  /** The line of /proc/net/tcp. */
  line: string;
}

/** What was tested and what was seen, as part of an observation. */
export interface ProbeRun {
  /** The pod that the test ran in. `made`: it was made for the test, with these labels. */
  from: { pod: ObjectRef; node?: string; made: boolean; labels: Record<string, string> };
  /** The cluster's time of the run, RFC 3339. */
  at: string;
  results: ProbeResult[];
  /** Absent when the sockets could not be read. */
  listening?: Listener[];
  untested: Untested[];
}

/** Asked for and not run: why. */
export interface ProbeRefusal {
  reason: 'forbidden' | 'not-evaluated' | 'unavailable' | 'timed-out';
  detail: string;
}

/** `10.96.0.7:80`, `[fd00::7]:80`. */
export const hostPort = (address: string, port: number): string =>
  address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
