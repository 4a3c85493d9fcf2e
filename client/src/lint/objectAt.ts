/** Which object of a manifest an offset is in. Reads only what names an object; the server owns real parsing. */

export interface NamedObject {
  kind: string;
  name: string;
  namespace?: string;
  /** First line of its document, 0-based. */
  line: number;
}

/** Objects of a text with several documents, as far as their head is written in block style or is JSON. */
export function objectsIn(text: string): (NamedObject & { start: number; end: number })[] {
  const found: (NamedObject & { start: number; end: number })[] = [];
  let start = 0;
  const ends = [...text.matchAll(/^---.*$/gm)].map(({ index }) => index);
  for (const end of [...ends, text.length]) {
    const object = readHead(text.slice(start, end));
    const blank = /^(---.*)?\s*/.exec(text.slice(start, end))?.[0] ?? '';
    const line = text.slice(0, start + blank.length).split('\n').length - 1;
    if (object) found.push({ ...object, line, start, end });
    start = end;
  }
  return found;
}

export const objectAt = (text: string, offset: number): NamedObject | undefined =>
  objectsIn(text).find(({ start, end }) => offset >= start && offset <= end);

function readHead(document: string): Omit<NamedObject, 'line'> | undefined {
  if (!/^apiVersion:|^\s*\{/m.test(document)) return undefined;
  if (document.trimStart().startsWith('{')) return readJson(document);
  const kind = /^kind:\s*["']?(\w+)/m.exec(document)?.[1];
  const block = /^metadata:[^\n]*\n((?:[ \t]+[^\n]*\n?|[ \t]*\n)*)/m.exec(document)?.[1] ?? '';
  const inline = /^metadata:\s*\{([^}]*)\}/m.exec(document)?.[1]?.replaceAll(',', '\n') ?? '';
  const indent = /^([ \t]*)\S/m.exec(block)?.[1] ?? '';
  const field = (key: string): string | undefined =>
    new RegExp(`^${indent}${key}:\\s*["']?([\\w.-]+)`, 'm').exec(block)?.[1] ??
    new RegExp(`^\\s*${key}:\\s*["']?([\\w.-]+)`, 'm').exec(inline)?.[1];
  const name = field('name');
  const namespace = field('namespace');
  if (!kind || !name) return undefined;
  return namespace ? { kind, name, namespace } : { kind, name };
}

function readJson(document: string): Omit<NamedObject, 'line'> | undefined {
  try {
    const { kind, metadata } = JSON.parse(document) as {
      kind?: unknown;
      metadata?: { name?: unknown; namespace?: unknown };
    };
    if (typeof kind !== 'string' || typeof metadata?.name !== 'string') return undefined;
    const { name, namespace } = metadata;
    return typeof namespace === 'string' ? { kind, name, namespace } : { kind, name };
  } catch {
    // Half typed: there is no object to name yet.
    return undefined;
  }
}
