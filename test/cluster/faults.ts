/**
 * Plants faults in a real cluster, asks the diagnosis, and compares: `npm run test:cluster -- [ID...]`.
 *
 *   --plant ID    plant one fault, wait for its symptom and leave it there
 *   --uproot ID   take it away again
 *   --list        print the faults
 *   --again       give a fault that was answered wrongly one more try, alone: for machines that others use too
 *
 * Without a cluster of ours it starts one and takes it down at the end. POD_TRIAGE_KUBECONFIG names another
 * cluster; see README.md.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import {
  type Fault,
  faultIds,
  loadFault,
  needsOwnCluster,
  needsQuiet,
  toolsImage,
} from './lib/faults/fault.ts';
import { plant, uproot } from './lib/faults/plant.ts';
import { findTarget, type Target } from './lib/faults/target.ts';
import { type Diagnosis, mistake } from './lib/faults/verdict.ts';
import { checkout } from './lib/layout.ts';
import { SetupError } from './lib/setupError.ts';

/** Faults that stay in their namespace do not disturb each other; the others have the cluster to themselves. */
const AT_ONCE = 4;
const DIAGNOSIS_SECONDS = 60;
const cliFile = join(checkout, 'dist', 'cli.js');

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    plant: { type: 'string' },
    uproot: { type: 'string' },
    list: { type: 'boolean', default: false },
    again: { type: 'boolean', default: false },
  },
});
const say = (line: string): void => console.error(line);

type Outcome = { kind: 'passed' } | { kind: 'failed'; why: string };
type Checked = { fault: Fault; outcome: Outcome };

function diagnose(fault: Fault, target: Target): Promise<Diagnosis> {
  const args = ['diagnose', fault.diagnose, '-n', fault.id, '--context', target.context, '--format', 'json'];
  if (fault.probe) args.push('--probe', '--yes', '--probe-image', toolsImage());
  const env = { ...process.env, KUBECONFIG: target.kubeconfig };
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [cliFile, ...args], { env, timeout: DIAGNOSIS_SECONDS * 1000 });
    let out = '';
    let err = '';
    child.stdout.on('data', (chunk: Buffer) => {
      out += chunk;
    });
    child.stderr.on('data', (chunk: Buffer) => {
      err += chunk;
    });
    child.on('error', reject);
    child.on('close', (code, signal) => {
      if (code === 0 || code === 1) return resolve(JSON.parse(out) as Diagnosis);
      reject(new SetupError(`diagnose ended with ${signal ?? code}: ${err.trim().slice(-500)}`));
    });
  });
}

async function outcomeOf(fault: Fault, target: Target): Promise<Outcome> {
  try {
    await plant(fault, target);
    const answer = await diagnose(fault, target);
    const why =
      mistake(fault.expect, answer) ?? (fault.probe ? await flawOf(fault, target, answer) : undefined);
    return why === undefined ? { kind: 'passed' } : { kind: 'failed', why };
  } catch (cause) {
    return { kind: 'failed', why: cause instanceof Error ? cause.message : String(cause) };
  }
}

/** What is wrong with an active test itself: that it told nothing, or left a pod of its own. */
async function flawOf(fault: Fault, { api }: Target, { probe }: Diagnosis): Promise<string | undefined> {
  if (!probe?.tests.some(({ outcome }) => outcome !== 'inconclusive')) return 'the active test told nothing';
  const label = encodeURIComponent('app.kubernetes.io/component=active-test');
  const pods = await api.get<{ items: { metadata: { name: string } }[] }>(
    `/api/v1/namespaces/${fault.id}/pods?labelSelector=${label}`,
  );
  const names = (pods?.items ?? []).map(({ metadata }) => metadata.name);
  return names.length > 0 ? `the active test left ${names.join(', ')} behind` : undefined;
}

async function check(fault: Fault, target: Target): Promise<Outcome> {
  const begin = Date.now();
  const outcome = await outcomeOf(fault, target);
  const seconds = ((Date.now() - begin) / 1000).toFixed(1);
  console.log(
    outcome.kind === 'passed'
      ? `ok    ${fault.id} (${seconds} s)`
      : `FAIL  ${fault.id} (${seconds} s): ${outcome.why}`,
  );
  try {
    await uproot(fault, target);
    return outcome;
  } catch (cause) {
    const why = `Taking it away failed: ${cause instanceof Error ? cause.message : cause}`;
    console.log(`FAIL  ${fault.id}: ${why}`);
    return { kind: 'failed', why };
  }
}

/** Runs the checks with so many at a time, in their order. */
async function inTurns(faults: readonly Fault[], atOnce: number, target: Target): Promise<Checked[]> {
  const checked: Checked[] = [];
  const waiting = [...faults];
  const worker = async () => {
    for (let fault = waiting.shift(); fault; fault = waiting.shift())
      checked.push({ fault, outcome: await check(fault, target) });
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return checked;
}

async function checkAll(ids: readonly string[], target: Target): Promise<void> {
  if (!existsSync(cliFile)) throw new SetupError('dist/cli.js is missing: run `npm run build` first.');
  const all = ids.map(loadFault);
  const skipped = target.own ? [] : all.filter(needsOwnCluster);
  const faults = all.filter((fault) => !skipped.includes(fault));
  const first = [
    ...(await inTurns(
      faults.filter((fault) => !needsQuiet(fault)),
      AT_ONCE,
      target,
    )),
    ...(await inTurns(faults.filter(needsQuiet), 1, target)),
  ];
  const wrong = first.filter(({ outcome }) => outcome.kind === 'failed').map(({ fault }) => fault);
  const second = values.again ? await inTurns(wrong, 1, target) : [];
  for (const fault of skipped) console.log(`skip  ${fault.id}: it needs our own cluster`);
  const failed = (values.again ? second : first).filter(({ outcome }) => outcome.kind === 'failed').length;
  const left = skipped.length > 0 ? `, ${skipped.length} skipped` : '';
  console.log(`${first.length - failed} passed, ${failed} failed${left}`);
  process.exitCode = failed > 0 ? 1 : 0;
}

async function main(): Promise<void> {
  if (values.list) {
    for (const id of faultIds()) console.log(`${id}: ${loadFault(id).summary}`);
    return;
  }
  const target = await findTarget(say);
  try {
    if (values.uproot) await uproot(loadFault(values.uproot), target);
    else if (values.plant) await plant(loadFault(values.plant), target);
    else await checkAll(positionals.length > 0 ? positionals : faultIds(), target);
  } finally {
    target.api.close();
    // A planted fault stays where it is, and so does its cluster.
    if (!values.plant) await target.release();
  }
}

try {
  await main();
} catch (cause) {
  if (!(cause instanceof SetupError)) throw cause;
  say(cause.message);
  process.exitCode = 2;
}
