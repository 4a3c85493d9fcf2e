/**
 * Runs the benchmarks and prints their figures as JSON: `npm run bench [-- NAME…]`.
 * Names: parse, keystroke, folder, diagnosis, activation; without a name all of them. `cluster` runs only when it is
 * named: it brings up a simulated cluster (test/cluster/README.md), which takes minutes.
 */
import { activation } from './activation.ts';
import { cluster } from './cluster.ts';
import { diagnosis } from './diagnosis.ts';
import { folder } from './folder.ts';
import { keystroke } from './keystroke.ts';
import type { Figures } from './measure.ts';
import { parsing } from './parse.ts';

const BENCHES: Record<string, () => Promise<Figures>> = {
  parse: parsing,
  keystroke,
  folder,
  diagnosis,
  activation,
  cluster,
};
const ONLY_WHEN_NAMED: ReadonlySet<string> = new Set(['cluster']);

// What runs inside may print; standard output is for the figures.
console.log = console.error;

const names = process.argv.slice(2);
const unknown = names.filter((name) => !BENCHES[name]);
if (unknown.length > 0) {
  console.error(`There is no benchmark ${unknown.join(', ')}; there are ${Object.keys(BENCHES).join(', ')}.`);
  process.exit(2);
}
const figures: Figures = {};
for (const [name, bench] of Object.entries(BENCHES)) {
  if (names.length > 0 ? !names.includes(name) : ONLY_WHEN_NAMED.has(name)) continue;
  console.error(`${name}…`);
  Object.assign(figures, await bench());
}
process.stdout.write(`${JSON.stringify(figures, null, 1)}\n`);
