/** Cold lint of 2,000 manifests, whole processes, ours beside kube-score's in the same run. */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RULES } from '../../server/src/core/lint/rules/index.ts';
import { CACHE, ROOT } from '../tools/paths.ts';
import { manifests } from './manifests.ts';
import { type Figures, inMs, timed } from './measure.ts';

const COUNT = 2000;
const RUNS = 7;
/** About as many rules as the peer has: object, file and workspace scope, safe and suggested fixes, parameters. */
const FIRST_RULES = [
  'ambiguous-scalar',
  'configmap-key-missing',
  'configmap-ref-missing',
  'deprecated-api-version',
  'duplicate-resource',
  'env-value-not-string',
  'hpa-target-missing',
  'image-tag-latest',
  'image-tag-missing',
  'ingress-port-not-found',
  'ingress-service-not-found',
  'missing-readiness-probe',
  'networkpolicy-egress-no-dns',
  'networkpolicy-empty-peer-allows-all',
  'networkpolicy-selects-nothing',
  'pdb-blocks-eviction',
  'poststart-self-check',
  'probe-port-name-missing',
  'probe-port-undeclared',
  'probes-identical',
  'quantity-suspicious-unit',
  'removed-api-version',
  'request-exceeds-limit',
  'schema-missing-required',
  'schema-type-mismatch',
  'schema-unknown-field',
  'service-selector-no-match',
  'service-target-port-name-missing',
  'unsafe-sysctl',
  'volume-mount-without-volume',
];
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
    const config = join(path, 'thirty.config');
    writeFileSync(config, configOf(FIRST_RULES));
    const few = () =>
      spawnSync(process.execPath, [cli, 'lint', '--format', 'json', '--config', config, path], {
        stdio: 'ignore',
      });
    figures[`the same with ${FIRST_RULES.length} rules`] = inMs(await timed(RUNS, few, 1));
    const peer = kubeScore();
    if (peer) {
      const files = readdirSync(path)
        .filter((name) => name.endsWith('.yaml'))
        .map((name) => join(path, name));
      const theirs = () =>
        spawnSync(peer, ['score', '--output-format', 'json', ...files], { stdio: 'ignore' });
      figures[`the same by kube-score ${KUBE_SCORE}`] = inMs(await timed(RUNS, theirs, 1));
    }
    return figures;
  } finally {
    rmSync(path, { recursive: true, force: true });
  }
}

/** A configuration in which only these rules run. */
const configOf = (ids: readonly string[]): string =>
  `rules:\n${RULES.map(({ id }) => `  ${id}: ${ids.includes(id) ? '"on"' : '"off"'}\n`).join('')}`;

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
