/** What a rule is. */
import type { Confidence, MessageData, Severity } from '../finding.ts';
import type { KubeObject } from '../kube/object.ts';
import type { Resource, Store } from '../kube/store.ts';
import type { Path } from '../path.ts';
import type { NewObject } from '../yaml/addObject.ts';
import type { SourceFile } from '../yaml/document.ts';
import type { EditOp } from '../yaml/edit.ts';
import type { At, Range } from '../yaml/range.ts';

export type RuleGroup =
  | 'schema'
  | 'apiversion'
  | 'metadata'
  | 'references'
  | 'networking'
  | 'probes'
  | 'workloads'
  | 'resources'
  | 'images'
  | 'security'
  | 'rbac'
  | 'storage';

export type ParamValue = number | boolean | string | readonly string[];
export type Params = Record<string, ParamValue>;

/** A fix as its rule describes it; the engine turns it into text edits. */
export type FixSpec<M extends string = string> = FixTitle<M> & (FixEdits | FixCreation);

interface FixTitle<M extends string> {
  /** Message id of the title. */
  title: M;
  data?: MessageData;
  safe?: boolean;
}

export interface FixEdits {
  /** Edits of the reported object, or of the `resource` an edit names. */
  edits: (EditOp & { resource?: Resource })[];
}

interface FixCreation {
  /** An object that the file of the reported one gets as well. */
  create: NewObject;
}

export interface RelatedSpec<M extends string = string> {
  resource: Resource;
  path: Path;
  /** Message id. */
  message: M;
  data?: MessageData;
}

export interface ReportOptions<M extends string = string> {
  data?: MessageData;
  at?: At;
  severity?: Severity;
  confidence?: Confidence;
  related?: RelatedSpec<M>[];
  fixes?: FixSpec<M>[];
}

export interface ObjectContext<M extends string, P extends Params> {
  /** Every object of the workspace. Rules of scope `object` may not look: they are cached by the object's text. */
  store: Store;
  params: P;
  /** Target cluster version as a number pair, `[1, 36]`. */
  kubernetesVersion: readonly [number, number];
  report(message: M, path: Path, options?: ReportOptions<M>): void;
}

export interface FileContext<M extends string, P extends Params> {
  params: P;
  /** Ids of all rules there are, switched on or not. */
  ruleIds: ReadonlySet<string>;
  /** Offsets count from the start of the document with that index. */
  report(
    message: M,
    document: number,
    range: Range,
    options?: { data?: MessageData; fixes?: TextFix<M>[] },
  ): void;
}

export interface TextFix<M extends string> {
  title: M;
  data?: MessageData;
  safe?: boolean;
  /** Replacements, offsets within the document. */
  edits: { start: number; end: number; text: string }[];
}

interface RuleMeta<M extends string, P extends Params> {
  id: string;
  group: RuleGroup;
  severity: Severity;
  /** Default: certain. */
  confidence?: Confidence;
  /** On by default? Default: true. */
  enabled?: boolean;
  /** Case that explains it. */
  case: string;
  /** Peers' names of the same check, `kube-score/pod-probes`: their suppressions are honoured. */
  sources?: readonly string[];
  /** The level of the Pod Security Standards that refuses what the rule reports. */
  podSecurity?: 'baseline' | 'restricted';
  params?: P;
  /** Message id → English template; finding messages, fix titles and related messages. */
  messages: Record<M, string>;
}

/**
 * A rule that looks at one object. Scope `object`: at nothing else. Scope `workspace`: at the store as well.
 * `kinds`: built-in kinds by name, others as `group/Kind`; `pods`: everything that makes pods; `all`: any object.
 */
export interface ObjectRule<
  T extends KubeObject = KubeObject,
  M extends string = string,
  P extends Params = Params,
> extends RuleMeta<M, P> {
  scope: 'object' | 'workspace';
  kinds: readonly string[] | 'pods' | 'all';
  check(resource: Resource<T>, context: ObjectContext<M, P>): void;
}

/** A rule that looks at the text of a file. */
export interface FileRule<M extends string = string, P extends Params = Params> extends RuleMeta<M, P> {
  scope: 'file';
  check(file: SourceFile, context: FileContext<M, P>): void;
}

/** A rule of the registry. Methods compare their parameters both ways, so rules of one kind of object fit in. */
export type Rule = ObjectRule | FileRule;

/** Declares a rule; message ids and parameters are checked where the rule is written. */
export function objectRule<T extends KubeObject>(): <
  M extends string,
  P extends Params = Record<never, never>,
>(
  rule: ObjectRule<T, M, P>,
) => Rule {
  return (rule) => rule;
}

export const fileRule = <M extends string, P extends Params = Record<never, never>>(
  rule: FileRule<M, P>,
): Rule => rule;
