/** The same example in other clothes: what is true of a text stays true when it moves, changes line ends or format. */
import type { Rule } from '../../server/src/core/lint/rule.ts';
import { toData } from '../../server/src/core/yaml/node.ts';
import { parseFile } from '../../server/src/core/yaml/parse.ts';
import type { Text, Told } from './ruleRun.ts';

export interface Variant {
  name: string;
  /** The files in these clothes, or undefined when this example cannot wear them. */
  dress(rule: Rule, files: readonly Text[], told: readonly Told[]): Text[] | undefined;
  /** What the findings become. `same`: the same messages at the moved places; `count`: as many; `none`: none. */
  expect: 'same' | 'count' | 'none';
  /** Where a place of the plain text stands in the dressed one. */
  move?(text: string, line: number, column: number): [line: number, column: number];
}

/** Kind of the object that the `second document` variant puts first; what is said about it does not count. */
export const FILLER_KIND = 'Filler';
const filler = (file: string): string =>
  `apiVersion: example.test/v1\nkind: ${FILLER_KIND}\nmetadata:\n  name: ${file.replace(/\W/g, '-')}\n  namespace: filler\n`;
const FILLER_LINES = filler('').split('\n').length - 1;
const LIST_HEAD = ['apiVersion: v1', 'kind: List', 'items:'];
const INDENT = '    ';

const asFiles = (files: readonly Text[], change: (text: string, name: string) => string): Text[] =>
  files.map(({ name, text }) => ({ name, text: change(text, name) }));

export const VARIANTS: readonly Variant[] = [
  {
    name: 'second document',
    expect: 'same',
    dress: (_, files) =>
      asFiles(files, (text, name) => filler(name) + (text.startsWith('---') ? '' : '---\n') + text),
    move: (text, line, column) => [line + FILLER_LINES + (text.startsWith('---') ? 0 : 1), column],
  },
  {
    name: 'list',
    expect: 'same',
    dress: (rule, files) => (rule.scope === 'file' ? undefined : asFiles(files, (text) => asList(text).text)),
    move: (text, line, column) => [asList(text).lines.get(line) ?? -1, column + INDENT.length],
  },
  {
    name: 'crlf',
    expect: 'same',
    dress: (_, files) => asFiles(files, (text) => text.replaceAll('\n', '\r\n')),
  },
  {
    name: 'json',
    expect: 'count',
    dress: (rule, files) => (rule.scope === 'file' ? undefined : asFiles(files, asJson)),
  },
  {
    name: 'disabled next line',
    expect: 'none',
    dress: (rule, files, told) =>
      asFiles(files, (text, name) => {
        const lines = new Set(told.filter((t) => t.finding.file === name).map((t) => t.marker.line));
        return text
          .split('\n')
          .map((line, index) => {
            const indent = /^ */.exec(line)?.[0] ?? '';
            return lines.has(index)
              ? `${indent}# pod-triage-disable-next-line ${rule.id} -- on purpose\n${line}`
              : line;
          })
          .join('\n');
      }),
  },
  {
    name: 'helm',
    expect: 'none',
    dress: (_, files) =>
      asFiles(files, (text) =>
        text
          .split(/^(---.*\n)/m)
          .map((part) => (part.startsWith('---') ? part : `{{- if .Values.on }}\n${part}{{- end }}\n`))
          .join(''),
      ),
  },
];

/** Every document as an item of one List, and where each line went. */
function asList(text: string): { text: string; lines: Map<number, number> } {
  const lines = new Map<number, number>();
  const list = [...LIST_HEAD];
  let open = false;
  for (const [index, line] of text.replace(/\n$/, '').split('\n').entries()) {
    if (line.startsWith('---')) {
      open = false;
      continue;
    }
    if (!open) list.push('  -');
    open = true;
    lines.set(index, list.length);
    list.push(line === '' ? '' : INDENT + line);
  }
  return { text: `${list.join('\n')}\n`, lines };
}

function asJson(text: string, name: string): string {
  const items = parseFile(name, text).documents.flatMap(({ document }) =>
    document.root ? [toData(document.root)] : [],
  );
  return `${JSON.stringify({ apiVersion: 'v1', kind: 'List', items }, null, 2)}\n`;
}
