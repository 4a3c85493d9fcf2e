/**
 * Hands output to the editor no faster than it draws. VS Code's pseudoterminals have no way to say that they are
 * behind, so the pace is ours: what is not handed on yet is not confirmed either, and the cluster's side waits.
 */

/** 4 MB in a second: more than anybody reads, less than what the terminal parses. */
const PIECE = 64 * 1024;
const TICK_MS = 16;

export class Output {
  readonly #draw: (text: string) => void;
  readonly #confirm: (bytes: number) => void;
  #decoder = new TextDecoder();
  #waiting: Buffer[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(draw: (text: string) => void, confirm: (bytes: number) => void) {
    this.#draw = draw;
    this.#confirm = confirm;
  }

  push(bytes: Buffer): void {
    this.#waiting.push(bytes);
    if (!this.#timer) this.#next();
  }

  /** Draws at once what still waits: a message of ours comes after it. */
  flush(): void {
    for (const piece of this.#waiting.splice(0)) this.#hand(piece);
  }

  /** Another stream begins: half a character of the last one is not part of it. */
  restart(): void {
    this.flush();
    this.#decoder = new TextDecoder();
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#waiting = [];
  }

  #next(): void {
    this.#timer = undefined;
    let size = 0;
    while (size < PIECE) {
      const piece = this.#waiting.shift();
      if (!piece) break;
      size += piece.length;
      this.#hand(piece);
    }
    if (size > 0) this.#timer = setTimeout(() => this.#next(), TICK_MS);
  }

  #hand(piece: Buffer): void {
    // A character may be split between two messages; the decoder keeps its first bytes.
    this.#draw(this.#decoder.decode(piece, { stream: true }));
    this.#confirm(piece.length);
  }
}
