/** What a case page may ask of the editor. Anything else that arrives is dropped. */

export type CaseMessage =
  | { kind: 'language'; language: 'en' | 'zh-cn' }
  | { kind: 'search' }
  | { kind: 'source' }
  | { kind: 'copy'; text: string }
  | { kind: 'related'; index: number }
  | { kind: 'rule'; id: string };

const MAX_COPY = 20_000;

export function readCaseMessage(data: unknown): CaseMessage | undefined {
  if (typeof data !== 'object' || data === null) return undefined;
  const { kind, language, text, index, id } = data as Record<string, unknown>;
  if (kind === 'search' || kind === 'source') return { kind };
  if (kind === 'language' && (language === 'en' || language === 'zh-cn')) return { kind, language };
  if (kind === 'copy' && typeof text === 'string' && text.length <= MAX_COPY) return { kind, text };
  if (kind === 'related' && Number.isInteger(index) && (index as number) >= 0)
    return { kind, index: index as number };
  if (kind === 'rule' && typeof id === 'string' && /^[a-z0-9-]+$/.test(id)) return { kind, id };
  return undefined;
}
