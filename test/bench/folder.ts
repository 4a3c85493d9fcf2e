/** Cold lint of 2,000 manifests, whole processes, ours beside kube-score's in the same run. */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CACHE, ROOT } from '../tools/paths.ts';
import { manifests } from './manifests.ts';
import { type Figures, inMs, timed } from './measure.ts';

const COUNT = 2000;
const RUNS = 7;
const KUBE_SCORE = 'v1.20.0';

export async function folder(): Promise<Figures> {
  const path = mkdtempSync(join(tmpdir(), 'pod-triage-bench-'));
  try {
    for (const [i, text] of manifests(COUNT).entries())
      writeFileSync(join(path, `${String(i).padStart(4, '0')}.yaml`), text);
    const cli = join(ROOT, 'dist', 'cli.js');
    // No environment that a wrapper might add: what a user's shell starts.
    const ours = () =>
      spawnSync(process.execPath, [cli, 'lint', '--format', 'json', path], { stdio: 'ignore' });
    const figures: Figures = { 'cold lint of 2,000 manifests': inMs(await timed(RUNS, ours, 1)) };
    const peer = kubeScore();
    if (peer) {
      const files = readdirSync(path).map((name) => join(path, name));
      const theirs = () =>
        spawnSync(peer, ['score', '--output-format', 'json', ...files], { stdio: 'ignore' });
      figures[`the same by kube-score ${KUBE_SCORE}`] = inMs(await timed(RUNS, theirs, 1));
    }
    return figures;
  } finally {
    rmSync(path, { recursive: true, force: true });
  }
}

/** The peer's binary, built once from its Go module; undefined where Go is missing. */
function kubeScore(): string | undefined {
  const bin = join(CACHE, 'bin');
  const path = join(bin, 'kube-score');
  if (existsSync(path)) return path;
  mkdirSync(bin, { recursive: true });
  try {
    execFileSync('go', ['install', `github.com/zegl/kube-score/cmd/kube-score@${KUBE_SCORE}`], {
      env: { ...process.env, GOBIN: bin },
      stdio: 'ignore',
    });
    return path;
  } catch {
    console.error('kube-score is left out: it needs Go to be built.');
    return undefined;
  }
}
