import { createHash } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { cacheDir, here } from './layout.ts';
import type { Part } from './parts.ts';
import { findCommand, run } from './run.ts';
import { SetupError } from './setupError.ts';

/** Folder of each built part by its name. */
export type Built = Record<string, string>;

/** Builds what the cache lacks. Nothing is ever written into the checkout. */
export async function buildParts(parts: readonly Part[], say: (line: string) => void): Promise<Built> {
  if (!findCommand('go')) {
    throw new SetupError(
      'Go is missing: install Go 1.26 or newer (Debian: apt-get install golang) and put it on PATH.',
    );
  }
  const version = (await run(['go', 'env', 'GOVERSION'], { cwd: join(here, 'go/pki') })).trim();
  const built: Built = {};
  for (const part of parts) built[part.name] = await buildPart(part, version, say);
  return built;
}

async function buildPart(part: Part, goVersion: string, say: (line: string) => void): Promise<string> {
  const target = join(cacheDir, 'bin', `${part.name}-${keyOf(part, goVersion)}`);
  if (existsSync(target)) return target;

  say(`Building ${part.name} (once; the result is kept in ${cacheDir})`);
  const work = copyToWorkFolder(part.folder);
  try {
    const out = join(work, '.out');
    mkdirSync(out);
    const ldflags = ['-s', '-w', ...(part.ldflags ?? [])].join(' ');
    const destination = part.output ? join(out, part.output) : `${out}/`;
    const tags = part.tags ? ['-tags', part.tags] : [];
    const build = [
      'go',
      'build',
      '-p',
      '2',
      '-trimpath',
      '-ldflags',
      ldflags,
      ...tags,
      ...(part.flags ?? []),
    ];
    await run(['nice', '-n', '10', ...build, '-o', destination, ...part.packages], {
      cwd: work,
      env: { ...process.env, CGO_ENABLED: part.cgo ? '1' : '0', GOWORK: 'off' },
    });
    if (part.data) await copyData(part.data, work, out);
    mkdirSync(join(cacheDir, 'bin'), { recursive: true });
    moveUnlessThere(out, target);
    return target;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

async function copyData(data: NonNullable<Part['data']>, work: string, out: string): Promise<void> {
  const list = await run(['go', 'list', '-mod=mod', '-m', '-f', '{{.Dir}}', data.module], { cwd: work });
  for (const file of data.files) {
    const target = join(out, basename(file));
    copyFileSync(join(list.trim(), file), target);
    // Go keeps modules read-only; a cache that its owner can remove is enough.
    chmodSync(target, 0o644);
  }
}

/** Two checkouts may build the same part at once: the first to finish wins, and both are equal. */
export function moveUnlessThere(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (cause) {
    if (!existsSync(to)) throw cause;
  }
}

/** A copy, since `go build -mod=mod` may write to go.mod and go.sum. */
function copyToWorkFolder(folder: string): string {
  const parent = join(cacheDir, 'work');
  mkdirSync(parent, { recursive: true });
  removeOld(parent);
  const work = mkdtempSync(join(parent, 'build-'));
  cpSync(join(here, folder), work, { recursive: true });
  return work;
}

/** Work folders of builds that were cut short; no build takes a day. */
function removeOld(parent: string): void {
  const dayAgo = Date.now() - 24 * 3600 * 1000;
  for (const name of readdirSync(parent)) {
    const folder = join(parent, name);
    if ((statSync(folder, { throwIfNoEntry: false })?.mtimeMs ?? dayAgo) < dayAgo)
      rmSync(folder, { recursive: true, force: true });
  }
}

function keyOf(part: Part, goVersion: string): string {
  const files = part.own ? readdirSync(join(here, part.folder)).sort() : ['go.mod', 'go.sum'];
  const hash = createHash('sha256').update(JSON.stringify([part, goVersion]));
  for (const file of files) hash.update(`\0${file}\0`).update(readFileSync(join(here, part.folder, file)));
  return hash.digest('hex').slice(0, 12);
}
