/** Runs rules over files and turns what they report into findings. */
import { type Finding, fillTemplate, type MessageData, type Related, type Translate } from '../finding.ts';
import { isBuiltinGroup } from '../kube/object.ts';
import { isListedPatch } from '../kube/patches.ts';
import { groupOf, type ObjectRef } from '../kube/ref.ts';
import { type Origin, type Resource, refOf, type Store } from '../kube/store.ts';
import { containerNameAt, POD_KINDS } from '../kube/workload.ts';
import { formatPath, type Path } from '../path.ts';
import type { Document, Manifest, SourceFile } from '../yaml/document.ts';
import { rangeOf } from '../yaml/range.ts';
import { isIgnoredFile, LATEST_KUBERNETES, type LintConfig, parseVersion } from './config.ts';
import { creationEdits, objectEdits } from './fixEdits.ts';
import type { FileRule, FixSpec, ObjectRule, ReportOptions, Rule } from './rule.ts';
import { RuleSelection, type SelectedRule, severityAt } from './selection.ts';
import { isSuppressed, type Suppressions, suppressionsOf } from './suppression.ts';
import { writtenAt } from './written.ts';

export interface LinterOptions {
  translate?: Translate;
  /** Told about a rule that threw; it is told once a rule. */
  onRuleError?: (ruleId: string, error: unknown) => void;
}

/** A report with offsets that count from the start of its document: it stays true when the document moves. */
interface Report {
  rule: Rule;
  severity: Finding['severity'];
  confidence: Finding['confidence'];
  message: string;
  data: MessageData;
  path?: Path;
  start: number;
  end: number;
  options: ReportOptions;
}

/**
 * One linter for one configuration. Object rules run once for each text of an object, workspace rules at every call,
 * because what they see may have changed elsewhere.
 */
export class Linter {
  readonly #ruleIds: ReadonlySet<string>;
  readonly #config: LintConfig;
  readonly #selection: RuleSelection;
  readonly #version: readonly [number, number];
  readonly #translate: Translate;
  readonly #onRuleError: (ruleId: string, error: unknown) => void;
  readonly #failed = new Set<string>();
  readonly #byKind = new Map<string, RulesByScope>();
  readonly #byFile = new Map<string, readonly SelectedRule[]>();
  readonly #objectReports = new WeakMap<Manifest, Report[]>();

  constructor(rules: readonly Rule[], config: LintConfig, options: LinterOptions = {}) {
    this.#ruleIds = new Set(rules.map(({ id }) => id));
    this.#config = config;
    this.#selection = new RuleSelection(rules, config);
    this.#version = parseVersion(config.kubernetesVersion ?? '') ?? LATEST_KUBERNETES;
    this.#translate = options.translate ?? ((template) => template);
    this.#onRuleError = options.onRuleError ?? (() => {});
  }

  /** The findings of one file, in the order of the text. `store` holds the file's own objects and those around it. */
  lintFile(file: SourceFile, store: Store): Finding[] {
    const findings: Finding[] = [];
    if (isIgnoredFile(this.#config, file.file)) return findings;
    const suppressions = suppressionsOf(file);
    for (const resource of store.inFile(file.file))
      if (resource.origin?.file === file)
        findings.push(...this.#lintObject(resource, resource.origin, store, suppressions));
    for (const { rule, params } of this.#fileRules(file))
      if (rule.scope === 'file') findings.push(...this.#lintText(file, rule, params, suppressions));
    return findings.sort((a, b) => (a.start ?? 0) - (b.start ?? 0));
  }

  #lintObject(
    resource: Resource,
    { file, manifest, start }: Origin,
    store: Store,
    suppressions: Suppressions,
  ): Finding[] {
    const rules = this.#rulesFor(resource);
    let objectReports = this.#objectReports.get(manifest);
    if (!objectReports) {
      objectReports = this.#run(rules.object, resource, store);
      this.#objectReports.set(manifest, objectReports);
    }
    const workspaceReports = this.#run(rules.workspace, resource, store);
    // Nearly every object has nothing to be told.
    if (objectReports.length === 0 && workspaceReports.length === 0) return [];
    const reports = [...objectReports, ...workspaceReports];
    // A patch says what changes; what it does not say is no omission.
    const isAbsent = ({ path }: Report): boolean => path !== undefined && !writtenAt(resource, path);
    const isPart = reports.some(isAbsent) && isListedPatch(resource, store);
    return reports
      .filter((report) => !isPart || !isAbsent(report))
      .filter((report) => !isSuppressed(report.rule, start + report.start, resource, suppressions))
      .map((report) => {
        const { options, rule } = report;
        const fixes = (options.fixes ?? []).flatMap((fix) => this.#fix(rule, fix, resource));
        const related = (options.related ?? []).flatMap((at): Related[] => {
          const { origin, ref } = at.resource;
          if (!origin) return [];
          const range = rangeOf(origin.manifest.node, at.path);
          return [
            {
              message: this.#text(rule, at.message, at.data),
              object: ref,
              path: formatPath(at.path),
              file: origin.file.file,
              start: origin.start + range.start,
              end: origin.start + range.end,
            },
          ];
        });
        return this.#finding(report, resource.ref, file.file, start, fixes, related);
      });
  }

  /** One context serves them all: on a folder, a closure a rule and object is a million. */
  #run(rules: readonly SelectedRule[], resource: Resource, store: Store): Report[] {
    const reports: Report[] = [];
    const node = resource.origin?.manifest.node;
    const [first] = rules;
    if (!node || !first) return reports;
    let selected = first;
    const report = (message: string, path: Path, options: ReportOptions = {}): void => {
      const { rule, containers } = selected;
      const container = containers.length > 0 ? containerNameAt(resource.object, path) : undefined;
      const severity = severityAt(selected, container, options.severity);
      if (!severity) return;
      const range = rangeOf(node, path, options.at);
      const confidence = options.confidence ?? rule.confidence ?? 'certain';
      reports.push({
        rule,
        severity,
        confidence,
        message,
        data: options.data ?? {},
        path,
        ...range,
        options,
      });
    };
    const context = { store, params: selected.params, kubernetesVersion: this.#version, report };
    const check = (): void => {
      context.params = selected.params;
      (selected.rule as ObjectRule).check(resource, context);
    };
    // By index: this line runs for every rule on every object.
    for (let i = 0; i < rules.length; i++) {
      selected = rules[i] as SelectedRule;
      this.#guard(selected.rule, check);
    }
    return reports;
  }

  #lintText(
    file: SourceFile,
    rule: FileRule,
    params: SelectedRule['params'],
    suppressions: Suppressions,
  ): Finding[] {
    const findings: Finding[] = [];
    this.#guard(rule, () =>
      rule.check(file, {
        params,
        ruleIds: this.#ruleIds,
        report: (message, index, range, { data = {}, fixes = [] } = {}) => {
          const placed = file.documents[index];
          const object = placed?.document.manifests[0]?.object;
          // YAML of other tools is not ours to judge.
          if (!placed || !(object || looksLikeManifest(placed.document))) return;
          if (isSuppressed(rule, placed.start + range.start, object && { object }, suppressions)) return;
          const ref: ObjectRef = object ? refOf(object) : { apiVersion: '', kind: '', name: '' };
          const key = this.#selection.key(file.file, object && ref);
          const selected = this.#selection.rules(key).find((other) => other.rule === rule);
          const severity = selected && severityAt(selected, undefined, undefined);
          if (!severity) return;
          const report: Report = {
            rule,
            severity,
            confidence: rule.confidence ?? 'certain',
            message,
            data,
            ...range,
            options: {},
          };
          const textFixes = fixes.map((fix) => ({
            title: this.#text(rule, fix.title, fix.data),
            safe: fix.safe === true,
            edits: fix.edits.map((edit) => ({
              file: file.file,
              start: placed.start + edit.start,
              end: placed.start + edit.end,
              text: edit.text,
            })),
          }));
          findings.push(this.#finding(report, ref, file.file, placed.start, textFixes, []));
        },
      }),
    );
    return findings;
  }

  #finding(
    report: Report,
    object: ObjectRef,
    file: string,
    base: number,
    fixes: Finding['fixes'],
    related: Related[],
  ): Finding {
    const { rule, severity, confidence, message, data, path, start, end } = report;
    return {
      id: rule.id,
      severity,
      confidence,
      object,
      ...(path ? { path: formatPath(path) } : {}),
      message: this.#text(rule, message, data),
      evidence: [],
      case: rule.case,
      fixes,
      ...(related.length > 0 ? { related } : {}),
      file,
      start: base + start,
      end: base + end,
    };
  }

  #fix(rule: Rule, fix: FixSpec, self: Resource): Finding['fixes'] {
    const edits = 'create' in fix ? creationEdits(self, fix.create) : objectEdits(self, fix.edits);
    return edits ? [{ title: this.#text(rule, fix.title, fix.data), safe: fix.safe === true, edits }] : [];
  }

  #text(rule: Rule, message: string, data: MessageData = {}): string {
    const template = (rule.messages as Record<string, string>)[message] ?? message;
    return fillTemplate(this.#translate(template), data, NOTHING);
  }

  #guard(rule: Rule, check: () => void): void {
    if (this.#failed.has(rule.id)) return;
    try {
      check();
    } catch (error) {
      this.#failed.add(rule.id);
      this.#onRuleError(rule.id, error);
    }
  }

  #rulesFor({ ref, origin }: Resource): RulesByScope {
    const overrides = this.#selection.key(origin?.file.file ?? '', ref);
    const key = `${overrides}|${groupOf(ref.apiVersion)}/${ref.kind}`;
    const known = this.#byKind.get(key);
    if (known) return known;
    const rules: RulesByScope = { object: [], workspace: [] };
    for (const selected of this.#selection.rules(overrides)) {
      const { rule } = selected;
      if (rule.scope !== 'file' && appliesTo(rule, ref)) rules[rule.scope].push(selected);
    }
    this.#byKind.set(key, rules);
    return rules;
  }

  /** Rules of scope `file` that are on for the file or for one of its objects. */
  #fileRules({ file, documents }: SourceFile): readonly SelectedRule[] {
    const keys = new Set([this.#selection.key(file, undefined)]);
    if (this.#selection.hasOverrides)
      for (const { document } of documents)
        for (const { object } of document.manifests) keys.add(this.#selection.key(file, refOf(object)));
    const name = [...keys].join(';');
    const known = this.#byFile.get(name);
    if (known) return known;
    const rules = new Map<Rule, SelectedRule>();
    for (const key of keys)
      for (const selected of this.#selection.rules(key))
        if (selected.rule.scope === 'file' && !rules.has(selected.rule)) rules.set(selected.rule, selected);
    this.#byFile.set(name, [...rules.values()]);
    return [...rules.values()];
  }
}

interface RulesByScope {
  object: SelectedRule[];
  workspace: SelectedRule[];
}

function appliesTo({ kinds }: ObjectRule, { apiVersion, kind }: ObjectRef): boolean {
  if (kinds === 'all') return true;
  const group = groupOf(apiVersion);
  if (kinds === 'pods') return POD_KINDS.includes(kind);
  return kinds.includes(isBuiltinGroup(group) ? kind : `${group}/${kind}`);
}

/** Stands for a name or value that a manifest does not have yet. */
const NOTHING = '–';

const MARK = /^(apiVersion|kind)[ \t]*:|"(apiVersion|kind)"[ \t]*:/m;

/** True when a document means to be a Kubernetes object, also when it is broken or half written. */
const looksLikeManifest = ({ text }: Document): boolean => MARK.test(text);
