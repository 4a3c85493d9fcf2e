/** Reads and writes rule examples: Markdown whose fenced blocks carry their expected findings as caret lines. */

/** What an example expects: a message at a range. Lines and columns count from 0 in the text without markers. */
export interface Marker {
  message: string;
  line: number;
  column: number;
  endLine: number;
  endColumn: number;
}

export interface ExampleFile {
  name: string;
  /** Without marker lines; ends with a line break. */
  text: string;
  markers: Marker[];
}

export interface ExampleOptions {
  params?: Record<string, number | boolean | string | string[]>;
  kubernetesVersion?: string;
  /** Variants that cannot apply to this example, for a reason that its section says. */
  skip?: string[];
}

export interface FixedBlock {
  /** Message id of the fix's title. */
  fix: string;
  /** Which of the fixes with that title, counted from 1 in the order of the text. */
  nth: number;
  files: ExampleFile[];
  block: Block;
}

export interface Example {
  kind: 'bad' | 'good';
  title: string;
  options: ExampleOptions;
  files: ExampleFile[];
  fixed: FixedBlock[];
  block: Block;
}

/** Line numbers of a block's content in its Markdown file: first line, and the line of the closing fence. */
export interface Block {
  start: number;
  end: number;
}

const DEFAULT_FILE = 'example.yaml';
const FENCE = /^```yaml (bad|good|fixed:)\s*(.*)$/;
const FILE_LINE = /^# file: (\S+)\s*$/;
const CARETS = /^(\s*#\s*)(\^+)\s+(\w+)\s*$/;
/** For text that carets cannot reach: `# @1-5 id`, columns from 1, the end exclusive; `# @1-+2:5 id` ends two lines below. */
const COLUMNS = /^\s*# @(\d+)-(?:\+(\d+):)?(\d+)\s+(\w+)\s*$/;

/** The examples of a Markdown file, in order. Throws on a block it cannot read. */
export function parseExamples(markdown: string): Example[] {
  const lines = markdown.split('\n');
  const examples: Example[] = [];
  let title = '';
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i] ?? '';
    if (line.startsWith('#')) title = line.replace(/^#+\s*/, '');
    if (line.startsWith('```') && line !== '```' && !FENCE.test(line))
      throw new Error(`Line ${i + 1}: "${line}" opens no known block.`);
    const fence = FENCE.exec(line);
    if (!fence) continue;
    const end = lines.indexOf('```', i + 1);
    if (end < 0) throw new Error(`Line ${i + 1}: the block is never closed.`);
    const block = { start: i + 1, end };
    const files = parseFiles(lines.slice(block.start, end));
    const rest = fence[2] ?? '';
    if (fence[1] === 'fixed:') {
      const [fix = '', nth = '1'] = rest.trim().split(/\s+/);
      const above = examples.at(-1);
      if (above?.kind !== 'bad') throw new Error(`Line ${i + 1}: there is no bad block above.`);
      above.fixed.push({ fix, nth: Number(nth), files, block });
    } else {
      const options = rest === '' ? {} : (JSON.parse(rest) as ExampleOptions);
      examples.push({ kind: fence[1] as 'bad' | 'good', title, options, files, fixed: [], block });
    }
    i = end;
  }
  return examples;
}

function parseFiles(lines: string[]): ExampleFile[] {
  const parts: { name: string; lines: string[] }[] = [];
  for (const line of lines) {
    const name = FILE_LINE.exec(line)?.[1];
    if (name) parts.push({ name, lines: [] });
    else {
      if (parts.length === 0) parts.push({ name: DEFAULT_FILE, lines: [] });
      parts.at(-1)?.lines.push(line);
    }
  }
  return parts.map(({ name, lines }) => ({ name, ...readMarkers(lines) }));
}

function readMarkers(lines: string[]): { text: string; markers: Marker[] } {
  const kept: string[] = [];
  const markers: Marker[] = [];
  for (const line of lines) {
    const at = kept.length - 1;
    const carets = CARETS.exec(line);
    const columns = COLUMNS.exec(line);
    if (carets?.[1] !== undefined && carets[2] && carets[3]) {
      const column = carets[1].length;
      markers.push({
        message: carets[3],
        line: at,
        column,
        endLine: at,
        endColumn: column + carets[2].length,
      });
    } else if (columns) {
      markers.push({
        message: columns[4] ?? '',
        line: at,
        column: Number(columns[1]) - 1,
        endLine: at + Number(columns[2] ?? 0),
        endColumn: Number(columns[3]) - 1,
      });
    } else kept.push(line);
  }
  return { text: kept.map((line) => `${line}\n`).join(''), markers };
}

/** A block's lines with the given markers: the inverse of `parseFiles`. */
export function renderFiles(files: readonly ExampleFile[]): string[] {
  const named = files.length > 1 || files[0]?.name !== DEFAULT_FILE;
  return files.flatMap(({ name, text, markers }) => [
    ...(named ? [`# file: ${name}`] : []),
    ...text
      .replace(/\n$/, '')
      .split('\n')
      .flatMap((line, index) => [
        line,
        ...markers.filter((marker) => marker.line === index).map((marker) => renderMarker(marker)),
      ]),
  ]);
}

function renderMarker({ message, line, column, endLine, endColumn }: Marker): string {
  if (line === endLine && column >= 2 && endColumn > column)
    return `#${' '.repeat(column - 1)}${'^'.repeat(endColumn - column)} ${message}`;
  const below = endLine > line ? `+${endLine - line}:` : '';
  return `# @${column + 1}-${below}${endColumn + 1} ${message}`;
}
