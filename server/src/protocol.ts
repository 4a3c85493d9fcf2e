/** The custom messages between client and server: the only thing they share besides core types. */
import type { Gap, Subject } from './core/diagnosis/observed.ts';
import type { DiagnosisReport, StepResult } from './core/diagnosis/report.ts';
import type { TerminalHint } from './core/diagnosis/terminalHints.ts';
import type { ObjectRef } from './core/kube/ref.ts';

/** What the client says at start. */
export interface InitOptions {
  /** Absolute path of the extension's folder: media and l10n are below it. */
  extensionPath: string;
  /** Display language, `en` or `zh-cn`. */
  locale: string;
  /** False in an untrusted workspace: the server then refuses every cluster request. */
  trusted: boolean;
}

/** A failure as the user sees it: what, and what to do next. */
export interface Failure {
  code:
    | 'no-kubeconfig'
    | 'invalid-kubeconfig'
    | 'unknown-context'
    | 'unreachable'
    | 'tls'
    | 'unauthorized'
    | 'forbidden'
    | 'not-found'
    | 'exec-plugin'
    | 'timed-out'
    | 'refused'
    | 'lost'
    | 'untrusted'
    | 'invalid'
    | 'internal';
  /** One localised sentence. */
  message: string;
  /** The server's or the plugin's own words, quoted. */
  detail?: string;
  /** For `forbidden`: what is missing, e.g. `patch pods/ephemeralcontainers`. */
  permission?: { verb: string; resource: string; namespace?: string };
}

/** A live context, or a snapshot folder. `kubeconfig` names the file (or the list of files) that defines the context; absent: the default ones. */
export type Source =
  | { kind: 'context'; context: string; namespace: string; kubeconfig?: string }
  | { kind: 'snapshot'; folder: string; namespace: string };

export interface ContextInfo {
  name: string;
  cluster: string;
  server: string;
  namespace: string;
  current: boolean;
  /** File that defines it. */
  file: string;
}

export type Health = 'failing' | 'warning' | 'progressing' | 'healthy' | 'unknown' | 'finished';

export interface PodRow {
  ref: ObjectRef;
  uid: string;
  health: Health;
  /** `Running`, `CrashLoopBackOff`, `Pending`, as kubectl prints it. */
  status: string;
  /** `14 restarts, last exit 137 4 min ago`; empty for a healthy pod. */
  summary: string;
  ready: string;
  restarts: number;
  node?: string;
  createdAt?: string;
  containers: string[];
}

export interface WorkloadRow {
  ref: ObjectRef;
  uid: string;
  health: Health;
  ready: string;
  summary: string;
  pods: number;
}

/** One namespace as the tree shows it. */
export interface NamespaceView {
  source: Source;
  state: 'loading' | 'ready' | 'partial' | 'stale' | 'error';
  workloads: WorkloadRow[];
  gaps: Gap[];
  failure?: Failure;
  /** When it was last true, RFC 3339. */
  asOf?: string;
}

/** A terminal that runs in the cluster. */
export interface TerminalPlan {
  source: Source;
  /** The exact object that would be written, as YAML. */
  yaml: string;
  /** What is added, one localised sentence. */
  summary: string;
  image: string;
  profile: NetshootProfile;
  /** What will not work, and why (Pod Security, missing permission). */
  warnings: string[];
  /** Commands worth knowing for this subject, printed as the terminal's first lines. */
  hints?: TerminalHint[];
  /** A container of an earlier terminal that still runs there: going back to it writes nothing. */
  running?: TerminalPlace & { since?: string };
}

/** Of several containers, the lines are in order of time and begin with the name of their container. */
export interface LogQuery {
  namespace: string;
  pod: string;
  containers: string[];
  /** The run before this one. */
  previous: boolean;
  /** Lines of each container from the end. */
  tail: number;
  sinceSeconds?: number;
}

/** Where a terminal's shell is. */
export interface TerminalPlace {
  namespace: string;
  pod: string;
  container: string;
}

/** What an active test would do, for the question before it. */
export interface ProbeProposal {
  context: string;
  namespace: string;
  /** `Pod/shop/web-1`: the object that is changed or made. */
  object: string;
  /** The exact object that would be written, as YAML; empty when nothing is. */
  yaml: string;
  /** What is added and what becomes of it, one localised sentence. */
  summary: string;
  image: string;
  /** What is tried, one row a test. */
  tests: string[];
}

export type ProbeOptions = Pick<TerminalOptions, 'image' | 'pullPolicy'>;

export type NetshootProfile = 'general' | 'baseline' | 'restricted' | 'netadmin' | 'sysadmin';

export interface TerminalOptions {
  image: string;
  pullPolicy: 'Always' | 'IfNotPresent' | 'Never';
  profile: NetshootProfile;
  /** Container whose process namespace is shared; the first when absent. */
  target?: string;
  columns: number;
  rows: number;
}

/** Where the workspace declares an object. 0-based, as LSP counts. */
export interface ManifestLocation {
  uri: string;
  range: { start: { line: number; character: number }; end: { line: number; character: number } };
}

/** An object and those that control it, nearest first. With a failure there may be more of them. */
export interface Lineage {
  chain: ObjectRef[];
  failure?: Failure;
}

/** Answers of requests that may fail in ways the user can mend. */
export type Result<T> = { ok: true; value: T } | { ok: false; failure: Failure };

/**
 * Requests, client → server: name → parameters and answer. Cancelled by LSP's own cancellation;
 * `diagnose` reports its steps by the `podTriage/diagnosisStep` notification.
 */
export interface RuleState {
  id: string;
  caseId: string;
  enabled: boolean;
}

export interface Requests {
  'podTriage/contexts': { params: { kubeconfig?: string }; result: Result<ContextInfo[]> };
  /** Namespaces of a context, or of a snapshot when `folder` is given. */
  'podTriage/namespaces': {
    params: { context: string; kubeconfig?: string; folder?: string };
    result: Result<string[]>;
  };
  /** Starts (or moves) the live view; the answer comes as `podTriage/namespaceChanged`. `null` stops it. */
  'podTriage/watch': { params: { source: Source | null }; result: Result<null> };
  'podTriage/pods': {
    params: { source: Source; workload?: ObjectRef; offset: number; limit: number };
    result: Result<{ pods: PodRow[]; total: number }>;
  };
  'podTriage/object': { params: { source: Source; ref: Subject }; result: Result<{ yaml: string }> };
  /** An object and who made it, up to what a person would have written. */
  'podTriage/lineage': { params: { source: Source; ref: Subject }; result: Result<Lineage> };
  'podTriage/events': { params: { source: Source; ref: Subject }; result: Result<string[]> };
  'podTriage/logs': { params: LogQuery & { source: Source }; result: Result<string> };
  /** Lines as they are written, by `podTriage/logText`; answered when there will be no more. Ends by cancellation. */
  'podTriage/followLogs': { params: LogQuery & { id: string; source: Source }; result: Result<null> };
  'podTriage/diagnose': {
    params: { id: string; source: Source; subject: Subject };
    result: Result<DiagnosisReport>;
  };
  /** The objects a picker offers, unhealthy first. */
  'podTriage/subjects': {
    params: { source: Source; kinds: string[] };
    result: Result<{ ref: ObjectRef; health: Health; status: string }[]>;
  };
  'podTriage/manifestOf': { params: { ref: ObjectRef; path?: string }; result: ManifestLocation[] };
  'podTriage/planTerminal': {
    params: { source: Source; subject: Subject; options: TerminalOptions };
    result: Result<TerminalPlan>;
  };
  /** Writes to the cluster; the client has shown the plan and was told to go on. With `reconnect` it writes nothing. */
  'podTriage/openTerminal': {
    params: {
      id: string;
      source: Source;
      subject: Subject;
      options: TerminalOptions;
      reconnect?: TerminalPlace;
    };
    result: Result<TerminalPlace>;
  };
  /** Reads the subject anew and says what an active test would do. Changes nothing. */
  'podTriage/planProbe': {
    params: { id: string; source: Source; subject: Subject; options: ProbeOptions };
    result: Result<ProbeProposal>;
  };
  /** Runs the test that was planned under this id; the user has seen it and agreed. Steps come as `diagnosisStep`. */
  'podTriage/runProbe': { params: { id: string }; result: Result<DiagnosisReport> };
  'podTriage/closeTerminal': { params: { id: string }; result: Result<null> };
  /** The lint rules, or those that a case explains, and whether they are on by the workspace's settings. */
  'podTriage/rules': { params: { caseId?: string }; result: Result<RuleState[]> };
}

/** Notifications, server → client. */
export interface ServerNotifications {
  'podTriage/namespaceChanged': NamespaceView;
  'podTriage/kubeconfigChanged': { contexts: ContextInfo[] };
  'podTriage/diagnosisStep': { id: string; steps: StepResult[]; doing: string };
  /** Whole lines of logs that are followed. */
  'podTriage/logText': { id: string; text: string };
  'podTriage/terminalProgress': { id: string; step: string; ms: number };
  'podTriage/terminalOutput': { id: string /** base64 of raw bytes */; data: string };
  /** The shell ended, with its exit code and the kubelet's reason (`OOMKilled`), or the connection to it, with a failure. */
  'podTriage/terminalExit': { id: string; exitCode?: number; reason?: string; failure?: Failure };
  /** An exec credential plugin wants to run; answered by `podTriage/allowPlugin`. */
  'podTriage/pluginConsent': { id: string; command: string; args: string[]; file: string };
  /** A plugin has not answered yet; what it said so far. Ends with `podTriage/pluginEnded`. */
  'podTriage/pluginWaits': { id: string; command: string; words: string };
  'podTriage/pluginEnded': { id: string };
}

/** Notifications, client → server. */
export interface ClientNotifications {
  'podTriage/terminalInput': { id: string; data: string };
  /** How much of the output was drawn, in bytes. */
  'podTriage/terminalRead': { id: string; bytes: number };
  'podTriage/terminalResize': { id: string; columns: number; rows: number };
  'podTriage/allowPlugin': { id: string; allow: boolean };
  'podTriage/stopPlugin': { id: string };
  'podTriage/trustGranted': Record<never, never>;
}
