/** Lints examples and tells which message each finding came from. */
import { LineCounter } from 'yaml';
import type { Finding, TextEdit } from '../../server/src/core/finding.ts';
import { resourcesOf, Store } from '../../server/src/core/kube/store.ts';
import { Linter } from '../../server/src/core/lint/engine.ts';
import type { Rule } from '../../server/src/core/lint/rule.ts';
import { parseFile } from '../../server/src/core/yaml/parse.ts';
import type { ExampleOptions, Marker } from './markers.ts';
import { testSchema } from './schema.ts';

export interface Text {
  name: string;
  text: string;
}

/** A finding with the message ids it was made from. */
export interface Told {
  rule: string;
  message: string;
  text: string;
  finding: Finding;
  marker: Marker;
  fixes: { title: string; edits: TextEdit[] }[];
  related: string[];
}

/** Stands between a message id and its text, and around every filled place, while an example runs. */
const ID_END = '\u0001';
const PLACE = ['\u0002', '\u0003'] as const;

/** The rule with its message ids in its messages. */
function traced(rule: Rule): Rule {
  const messages: Record<string, string> = {};
  for (const [id, template] of Object.entries(rule.messages as Record<string, string>))
    messages[id] = `${id}${ID_END}${template.replace(/\{\w+\}/g, (place) => PLACE[0] + place + PLACE[1])}`;
  return { ...rule, messages } as Rule;
}

function splitMessage(message: string): { id: string; text: string } {
  const [id = '', text = ''] = message.split(ID_END);
  if (text.includes(`${PLACE[0]}–${PLACE[1]}`))
    throw new Error(`Message ${id} has a place without a value: ${text}`);
  return { id, text: text.replaceAll(PLACE[0], '').replaceAll(PLACE[1], '') };
}

/** Findings of all files, in their order. A rule that throws fails the example. */
export function lint(
  rules: readonly Rule[],
  files: readonly Text[],
  options: ExampleOptions,
  on: string[],
): Told[] {
  const linter = new Linter(
    rules.map(traced),
    {
      rules: Object.fromEntries(
        on.map((id) => [id, { severity: 'on' as const, params: options.params ?? {} }]),
      ),
      ...(options.kubernetesVersion ? { kubernetesVersion: options.kubernetesVersion } : {}),
    },
    {
      onRuleError: (id, error) => {
        throw new Error(`Rule ${id} threw.`, { cause: error });
      },
    },
  );
  const sources = files.map(({ name, text }) => parseFile(name, text, testSchema()));
  const store = new Store();
  for (const source of sources) store.setFile(source.file, resourcesOf(source));
  return sources.flatMap((source) => {
    const position = positions(source.text);
    return linter.lintFile(source, store).map((finding): Told => {
      const { id, text } = splitMessage(finding.message);
      const [line, column] = position(finding.start ?? 0);
      const [endLine, endColumn] = position(finding.end ?? 0);
      return {
        rule: finding.id,
        message: id,
        text,
        finding,
        marker: { message: id, line, column, endLine, endColumn },
        fixes: finding.fixes.map(({ title, edits }) => ({ title: splitMessage(title).id, edits })),
        related: (finding.related ?? []).map(({ message }) => splitMessage(message).id),
      };
    });
  });
}

/** Offset → line and column, both from 0. */
function positions(text: string): (offset: number) => [number, number] {
  const counter = new LineCounter();
  counter.addNewLine(0);
  for (let i = text.indexOf('\n'); i >= 0; i = text.indexOf('\n', i + 1)) counter.addNewLine(i + 1);
  return (offset) => {
    const { line, col } = counter.linePos(offset);
    return [line - 1, col - 1];
  };
}

/** Files with the edits of a fix applied. */
export function applyFix(files: readonly Text[], edits: readonly TextEdit[]): Text[] {
  return files.map(({ name, text }) => {
    let result = text;
    const own = edits.filter(({ file }) => file === name).sort((a, b) => b.start - a.start || b.end - a.end);
    for (const { start, end, text: inserted } of own)
      result = result.slice(0, start) + inserted + result.slice(end);
    return { name, text: result };
  });
}
