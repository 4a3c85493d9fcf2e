/** Where something is inside an object: map keys and list indexes from the root. */
export type Path = readonly (string | number)[];

const PLAIN_KEY = /^[A-Za-z_][\w-]*$/;

/** `['spec', 'ports', 0, 'name']` → `spec.ports[0].name`; keys with dots or slashes become `labels["a/b"]`. */
export function formatPath(path: Path): string {
  let text = '';
  for (const step of path) {
    if (typeof step === 'number') text += `[${step}]`;
    else if (!PLAIN_KEY.test(step)) text += `[${JSON.stringify(step)}]`;
    else text += text === '' ? step : `.${step}`;
  }
  return text;
}

const STEP = /\.?([A-Za-z_][\w-]*)|\[(\d+)\]|\[("(?:[^"\\]|\\.)*")\]/y;

/** The inverse of `formatPath`. Text that is no path gives the steps before the first wrong character. */
export function parsePath(text: string): Path {
  const path: (string | number)[] = [];
  STEP.lastIndex = 0;
  for (let match = STEP.exec(text); match; match = STEP.exec(text)) {
    if (match[1] !== undefined) path.push(match[1]);
    else if (match[2] !== undefined) path.push(Number(match[2]));
    else if (match[3] !== undefined) path.push(JSON.parse(match[3]) as string);
  }
  return path;
}

/**
 * Calls back for every value that `steps` lead to from `root`, with its path, which begins with `base`. The step `*`
 * stands for every item of a list. What is absent or null is not there. Paths are made for what is found alone.
 */
export function eachAt(
  root: unknown,
  steps: readonly string[],
  base: Path,
  found: (value: unknown, path: Path) => void,
): void {
  walk(root, steps, 0, base, [], found);
}

/** False when nothing stands at a field that is the first step of a place: most objects lack most places. */
export const mayLead = (root: object, first: string | undefined): boolean =>
  first === undefined || (root as Record<string, unknown>)[first] !== undefined;

function walk(
  value: unknown,
  steps: readonly string[],
  from: number,
  base: Path,
  indexes: number[],
  found: (value: unknown, path: Path) => void,
): void {
  for (let at = from; at < steps.length; at++) {
    if (typeof value !== 'object' || value === null) return;
    const step = steps[at] ?? '';
    if (step !== '*') value = (value as Record<string, unknown>)[step];
    else {
      if (!Array.isArray(value)) return;
      for (let i = 0; i < value.length; i++) {
        indexes.push(i);
        walk(value[i], steps, at + 1, base, indexes, found);
        indexes.pop();
      }
      return;
    }
  }
  if (value === undefined || value === null) return;
  const path = base.slice();
  let next = 0;
  for (const step of steps) path.push(step === '*' ? (indexes[next++] ?? 0) : step);
  found(value, path);
}

/** The value at `path`, or undefined when a step is not there. */
export function valueAt(root: unknown, path: Path): unknown {
  let value = root;
  for (const step of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = (value as Record<string | number, unknown>)[step];
  }
  return value;
}
