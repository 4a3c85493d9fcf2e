/** Collects lines for a moment, so that one message carries what a screen shows at once. */
import { t } from '../../l10n.ts';
import { timeKey } from './line.ts';

const BATCH_MS = 200;
/** A container that writes faster than anybody reads: the oldest lines of a moment are left out, and that is said. */
const MAX_BATCH = 256 * 1024;

export class LineBatch {
  readonly #send: (text: string) => void;
  #lines: { time: string; text: string }[] = [];
  #size = 0;
  #dropped = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(send: (text: string) => void) {
    this.#send = send;
  }

  add(time: string, text: string): void {
    this.#lines.push({ time: timeKey(time), text });
    this.#size += text.length + 1;
    if (this.#size > 2 * MAX_BATCH) this.#cut();
    this.#timer ??= setTimeout(() => this.flush(), BATCH_MS);
  }

  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#cut();
    if (this.#lines.length === 0) return;
    // A note of ours has no time: it stays behind the line that it follows.
    let last = '';
    for (const line of this.#lines) line.time = last = line.time || last;
    const texts = this.#lines.sort((a, b) => (a.time < b.time ? -1 : a.time > b.time ? 1 : 0));
    const left =
      this.#dropped > 0 ? [t('… {count} {count:line|lines} left out …', { count: this.#dropped })] : [];
    this.#send(`${[...left, ...texts.map(({ text }) => text)].join('\n')}\n`);
    this.#lines = [];
    this.#size = 0;
    this.#dropped = 0;
  }

  #cut(): void {
    let cut = 0;
    while (this.#size > MAX_BATCH) {
      this.#size -= (this.#lines[cut]?.text.length ?? 0) + 1;
      cut++;
    }
    this.#lines.splice(0, cut);
    this.#dropped += cut;
  }
}
