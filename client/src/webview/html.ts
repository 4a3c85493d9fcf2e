/** HTML with every inserted value escaped; the only way pages are put together here. */

/** Markup that is safe to insert as it is. */
export class Html {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

type Insert = string | number | Html | readonly (string | Html)[] | undefined | false;

const ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

export const escapeHtml = (text: string): string =>
  text.replace(/[&<>"']/g, (char) => ENTITIES[char] ?? char);

/** Tag for markup: `` html`<b>${name}</b>` ``. Strings are escaped, `Html` and lists of it are not, absent values vanish. */
export function html(parts: TemplateStringsArray, ...values: Insert[]): Html {
  let text = parts[0] ?? '';
  values.forEach((value, index) => {
    text += insert(value) + (parts[index + 1] ?? '');
  });
  return new Html(text);
}

function insert(value: Insert): string {
  if (value === undefined || value === false) return '';
  if (value instanceof Html) return value.text;
  if (Array.isArray(value)) return value.map(insert).join('');
  return escapeHtml(String(value));
}
