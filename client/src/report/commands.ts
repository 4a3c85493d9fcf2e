/** Which of the engine's next commands may be typed into a terminal. */

/** Words that read; a report never offers a command that changes the cluster. */
const READING =
  /^kubectl (-n [a-z0-9-]+ |--namespace[= ][a-z0-9-]+ |--context=\S+ |--kubeconfig=\S+ )*(get|describe|logs|events|top|auth can-i|api-resources|version|explain|rollout status|rollout history)( |$)/;

/** Characters that mean nothing to any shell outside of quotes. */
const PLAIN = /[\w@%+=:,./ -]/;

/**
 * True for a reading kubectl command that means the same in every shell: nothing but plain characters outside
 * of quotes, and inside of them no quote, no backslash and no dollar.
 */
export function isRunnable(command: string): boolean {
  if (!READING.test(command)) return false;
  let quote = '';
  for (const char of command) {
    if (char === '\n' || char === '\r' || char === '$' || char === '`' || char === '\\') return false;
    if (quote === '' && (char === '"' || char === "'")) quote = char;
    else if (char === quote) quote = '';
    else if (quote === '' && !PLAIN.test(char)) return false;
  }
  return quote === '';
}
