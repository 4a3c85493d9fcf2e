/** The case library: pages of Markdown with front matter, packed into one file a language by the build. */

export interface CaseFrontMatter {
  id: string;
  title: string;
  /** What people search for: messages, event reasons, exit codes. */
  symptoms: string[];
  sources: string[];
}

export interface CasePage extends CaseFrontMatter {
  /** The page below the front matter. */
  body: string;
}

/** The pages of one language, as the build packs them: the text of each by its id. A page is read when it is asked for. */
export class CaseBook {
  readonly #texts: ReadonlyMap<string, string>;

  /** `packed` is the content of `dist/cases/<language>.json`. */
  constructor(packed: string) {
    this.#texts = new Map(Object.entries(JSON.parse(packed) as Record<string, string>));
  }

  page(id: string): CasePage | undefined {
    const text = this.#texts.get(id);
    return text === undefined ? undefined : parseCase(text);
  }

  /** All pages, by id. */
  pages(): CasePage[] {
    return [...this.#texts.values()].flatMap((text) => parseCase(text) ?? []);
  }
}

/** A page as a document of its own: title, body, sources. */
export const caseMarkdown = ({ title, body, sources }: CasePage): string =>
  `# ${title}\n\n${body.trim()}\n\n${sources.map((source) => `- ${source}`).join('\n')}\n`;

/** Reads a page. Front matter is `key: value` lines and one-line `[a, b]` lists or `- item` lists between two `---`. */
export function parseCase(text: string): CasePage | undefined {
  const match = /^---\r?\n([\s\S]*?)\r?\n---\r?\n/.exec(text);
  if (!match) return undefined;
  const fields = new Map<string, string | string[]>();
  let list: string[] | undefined;
  for (const line of (match[1] ?? '').split(/\r?\n/)) {
    const item = /^\s*-\s+(.*)$/.exec(line);
    if (item && list) {
      list.push(unquote(item[1] ?? ''));
      continue;
    }
    const field = /^(\w+):\s*(.*)$/.exec(line);
    if (!field?.[1]) continue;
    const value = field[2] ?? '';
    list = value === '' ? [] : undefined;
    fields.set(field[1], list ?? (value.startsWith('[') ? splitList(value) : unquote(value)));
  }
  const text_ = (key: string): string =>
    typeof fields.get(key) === 'string' ? (fields.get(key) as string) : '';
  const list_ = (key: string): string[] =>
    Array.isArray(fields.get(key)) ? (fields.get(key) as string[]) : [];
  return {
    id: text_('id'),
    title: text_('title'),
    symptoms: list_('symptoms'),
    sources: list_('sources'),
    body: text.slice(match[0].length),
  };
}

const unquote = (text: string): string => text.trim().replace(/^(["'])(.*)\1$/, '$2');

/** `[a, "b, c"]` → items; quotes keep commas. */
const splitList = (text: string): string[] =>
  [...text.slice(1, text.lastIndexOf(']')).matchAll(/\s*(?:"([^"]*)"|'([^']*)'|([^,]+))\s*(?:,|$)/g)]
    .map((m) => (m[1] ?? m[2] ?? m[3] ?? '').trim())
    .filter((item) => item !== '');
