/** The invariants of ARCHITECTURE.md that imports can break. */
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, it } from 'node:test';
import { ROOT } from '../tools/paths.ts';

interface Import {
  from: string;
  /** A package name, or a path from the root. */
  to: string;
  typeOnly: boolean;
}

const IMPORT =
  /(?:^|\n)\s*(?:import|export)\s+(type\s+)?(?:[^'";]*?\sfrom\s+)?'([^']+)'|\bimport\('([^']+)'\)/g;

const files = globSync('{client,server}/src/**/*.ts', { cwd: ROOT });
const imports: Import[] = files.flatMap((from) =>
  [...readFileSync(join(ROOT, from), 'utf8').matchAll(IMPORT)].map((match) => {
    const target = match[2] ?? match[3] ?? '';
    const to = target.startsWith('.') ? relative(ROOT, join(ROOT, dirname(from), target)) : target;
    return { from, to, typeOnly: match[1] !== undefined };
  }),
);

const breaking = (broken: (each: Import) => boolean): string[] =>
  imports.filter(broken).map(({ from, to }) => `${from} imports ${to}`);
const inside = (path: string, folder: string): boolean => path.startsWith(`${folder}/`);

describe('architecture', () => {
  it('sees the imports it judges', () => {
    assert.ok(files.length > 50);
    assert.ok(imports.length > 200);
  });

  it('core imports nothing outside core but yaml', () => {
    assert.deepEqual(
      breaking(
        ({ from, to }) => inside(from, 'server/src/core') && to !== 'yaml' && !inside(to, 'server/src/core'),
      ),
      [],
    );
  });

  it('core never asks for the time, the environment or chance', () => {
    const impure = files.filter(
      (file) =>
        inside(file, 'server/src/core') &&
        /\bDate\.now\(|\bnew Date\(\)|(?<![-\w])process\.|\bMath\.random\(|\bsetTimeout\(|\bfetch\(/.test(
          readFileSync(join(ROOT, file), 'utf8'),
        ),
    );
    assert.deepEqual(impure, []);
  });

  it('vscode is imported under client only', () => {
    assert.deepEqual(
      breaking(({ from, to }) => to === 'vscode' && !inside(from, 'client')),
      [],
    );
  });

  it('server never imports client, client takes only core and the protocol from server', () => {
    assert.deepEqual(
      breaking(({ from, to }) => inside(from, 'server') && inside(to, 'client')),
      [],
    );
    assert.deepEqual(
      breaking(
        ({ from, to }) =>
          inside(from, 'client') &&
          inside(to, 'server') &&
          !inside(to, 'server/src/core') &&
          to !== 'server/src/protocol.ts',
      ),
      [],
    );
  });

  it('language server types stay in features and wiring', () => {
    const allowed = ['server/src/features', 'server/src/server.ts', 'server/src/main.ts'];
    assert.deepEqual(
      breaking(
        ({ from, to }) =>
          to.startsWith('vscode-languageserver') &&
          inside(from, 'server') &&
          !allowed.some((each) => from === each || inside(from, each)),
      ),
      [],
    );
  });

  it('what talks to clusters is reached by its entry only', () => {
    const outside = (from: string) =>
      !inside(from, 'server/src/cluster') &&
      !inside(from, 'server/src/snapshot') &&
      !inside(from, 'server/src/cli');
    assert.deepEqual(
      breaking(
        ({ from, to, typeOnly }) =>
          inside(from, 'server') &&
          outside(from) &&
          inside(to, 'server/src/cluster') &&
          !typeOnly &&
          !/\/(rpc|host)\.ts$/.test(to),
      ),
      [],
    );
    assert.deepEqual(
      breaking(
        ({ from, to }) => to.startsWith('@kubernetes/client-node') && !inside(from, 'server/src/cluster'),
      ),
      [],
    );
  });

  it('no shell strings', () => {
    const shells = files.filter((file) =>
      /\bexecSync\(|\bexec\(\s*['"`]|shell:\s*true/.test(readFileSync(join(ROOT, file), 'utf8')),
    );
    assert.deepEqual(shells, []);
  });
});
