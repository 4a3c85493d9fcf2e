/** What authors asked us not to say: comments, annotations of ours and those of our peers. */
import type { KubeObject } from '../kube/object.ts';
import type { Resource } from '../kube/store.ts';
import type { CronJob } from '../kube/types.ts';
import { podTemplateOf } from '../kube/workload.ts';
import type { SourceFile } from '../yaml/document.ts';
import type { Rule } from './rule.ts';

/** Our annotation: `pod-triage.io/ignore.<rule-id>: "reason"`. */
export const IGNORE_ANNOTATION = 'pod-triage.io/ignore.';

/** Stands for every rule in a directive. */
export const EVERY_RULE = 'all';

/** A comment that turns rules off: `# pod-triage-disable-next-line ID[, ID] -- reason`. */
export interface Directive {
  scope: 'next-line' | 'line' | 'file';
  /** Offset of the comment in the file. */
  start: number;
  end: number;
  ids: { id: string; start: number; end: number }[];
  reason: string;
}

export interface Suppressions {
  /** Offset ranges, with the ids that are off for what starts inside. */
  ranges: { start: number; end: number; ids: ReadonlySet<string> }[];
}

/** A `#` opens a comment at the start of a line or after a blank only. */
const DIRECTIVE = /(?<=^|[\s])#[ \t]*pod-triage-disable-(next-line|line|file)(?![\w-])([^\r\n]*)/gm;

/** The directives in a text, in order. Ids are separated by commas or blanks; ` -- ` opens the reason. */
export function directivesOf(text: string): Directive[] {
  if (!text.includes('pod-triage-disable-')) return [];
  return [...text.matchAll(DIRECTIVE)].map((match) => {
    const rest = match[2] ?? '';
    const restStart = match.index + match[0].length - rest.length;
    const dashes = /(?:^|\s)--(?=\s|$)/.exec(rest);
    const list = dashes ? rest.slice(0, dashes.index) : rest;
    return {
      scope: match[1] as Directive['scope'],
      start: match.index,
      end: match.index + match[0].trimEnd().length,
      ids: [...list.matchAll(/[^\s,]+/g)].map((id) => ({
        id: id[0],
        start: restStart + id.index,
        end: restStart + id.index + id[0].length,
      })),
      reason: dashes ? rest.slice(dashes.index + dashes[0].length).trim() : '',
    };
  });
}

/** Reads the comments of a file. */
export function suppressionsOf({ text }: SourceFile): Suppressions {
  const ranges: Suppressions['ranges'] = [];
  for (const directive of directivesOf(text)) {
    const ids = new Set(directive.ids.map(({ id }) => id));
    const range = rangeOfDirective(text, directive);
    if (range && ids.size > 0) ranges.push({ ...range, ids });
  }
  return { ranges };
}

function rangeOfDirective(
  text: string,
  { scope, start }: Directive,
): { start: number; end: number } | undefined {
  if (scope === 'file') return { start: 0, end: text.length };
  const from = scope === 'line' ? text.lastIndexOf('\n', start) + 1 : text.indexOf('\n', start) + 1;
  if (scope === 'next-line' && from === 0) return undefined;
  const end = text.indexOf('\n', from);
  return { start: from, end: end < 0 ? text.length : end };
}

/** True when a finding of `rule` that starts at `offset` of the file, about `resource`, shall not be shown. */
export function isSuppressed(
  rule: Rule,
  offset: number,
  resource: Pick<Resource, 'object'> | undefined,
  { ranges }: Suppressions,
): boolean {
  for (const { start, end, ids } of ranges)
    if (offset >= start && offset <= end && (ids.has(rule.id) || ids.has(EVERY_RULE))) return true;
  return resource !== undefined && isSuppressedByAnnotation(rule, resource.object);
}

type Annotations = Readonly<Record<string, unknown>>;

/** Annotations that may ask for silence: those of the object, and nearer ones of the pods it makes. */
export function annotationLevels(object: KubeObject): Annotations[] {
  const levels: (Annotations | undefined)[] = [object.metadata.annotations];
  if (object.kind === 'CronJob') levels.push((object as CronJob).spec?.jobTemplate?.metadata?.annotations);
  if (object.kind !== 'Pod') levels.push(podTemplateOf(object)?.metadata?.annotations);
  return levels.filter((level): level is Annotations => typeof level === 'object' && level !== null);
}

function isSuppressedByAnnotation(rule: Rule, object: KubeObject): boolean {
  const levels = annotationLevels(object);
  if (levels.length === 0) return false;
  return (
    levels.some((annotations) => `${IGNORE_ANNOTATION}${rule.id}` in annotations) ||
    PEERS.some(({ tool, ignores }) => {
      const checks = checksOf(rule, tool);
      return checks.length > 0 && ignores(levels, checks);
    })
  );
}

/** The rule's names in one peer: `kube-score/pod-probes` → `pod-probes`. */
const checksOf = (rule: Rule, tool: string): string[] =>
  (rule.sources ?? []).flatMap((source) =>
    source.startsWith(`${tool}/`) ? [source.slice(tool.length + 1)] : [],
  );

/**
 * How the peers are told to be silent. `levels` go from the object to the pods it makes. kube-linter and polaris
 * themselves look at the object only; people expect the pod template to count as well (kube-linter issue 1180).
 */
const PEERS: readonly {
  tool: string;
  ignores: (levels: readonly Annotations[], checks: readonly string[]) => boolean;
}[] = [
  {
    tool: 'kube-score',
    ignores: (levels, checks) => checks.some((check) => kubeScoreIgnores(levels, check)),
  },
  {
    tool: 'kube-linter',
    ignores: (levels, checks) =>
      levels.some(
        (annotations) =>
          'kube-linter.io/ignore-all' in annotations ||
          checks.some((check) => `ignore-check.kube-linter.io/${check}` in annotations),
      ),
  },
  {
    tool: 'polaris',
    ignores: (levels, checks) =>
      levels.some(
        (annotations) =>
          isTrue(annotations['polaris.fairwinds.com/exempt']) ||
          checks.some((check) => isTrue(annotations[`polaris.fairwinds.com/${check}-exempt`])),
      ),
  },
];

/** polaris takes the word true in any letter case, and nothing else. */
const isTrue = (value: unknown): boolean => String(value ?? '').toLowerCase() === 'true';

/** Checks that kube-score ignores together with another one. */
const KUBE_SCORE_IMPLIED: Readonly<Record<string, string>> = {
  'container-ephemeral-storage-request-and-limit': 'container-resources',
};

/** The nearest level that names the check decides: `kube-score/ignore` silences, `kube-score/enable` keeps it. */
function kubeScoreIgnores(levels: readonly Annotations[], check: string): boolean {
  const names = [check, ...(KUBE_SCORE_IMPLIED[check] ? [KUBE_SCORE_IMPLIED[check]] : [])];
  for (const annotations of levels.toReversed()) {
    const ignored = listOf(annotations['kube-score/ignore']);
    if (names.some((name) => ignored.includes(name))) return true;
    if (listOf(annotations['kube-score/enable']).includes(check)) return false;
  }
  return false;
}

const listOf = (value: unknown): string[] =>
  typeof value === 'string' ? value.split(',').map((item) => item.trim()) : [];
