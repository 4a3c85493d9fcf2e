/**
 * Plants faults in a real cluster, asks the diagnosis, and compares: `npm run test:cluster -- [ID...]`.
 *
 *   --plant ID    plant one fault, wait for its symptom and leave it there
 *   --uproot ID   take it away again
 *   --list        print the faults
 *   --again       give a fault that was answered wrongly one more try, alone: for machines that others use too
 *   --record      write what each diagnosis read to test/fixtures/snapshots/ID
 *
 * Without a cluster of ours it starts one and takes it down at the end. POD_TRIAGE_KUBECONFIG names another
 * cluster; see README.md.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import {
  type Fault,
  faultIds,
  loadFault,
  needsOwnCluster,
  needsQuiet,
  toolsImage,
} from './lib/faults/fault.ts';
import { plant, pullUp, uproot, waitUntilGone } from './lib/faults/plant.ts';
import { record, recordingOf } from './lib/faults/record.ts';
import { findTarget, kubeconfigAs, type Target } from './lib/faults/target.ts';
import { type Diagnosis, mistake } from './lib/faults/verdict.ts';
import { checkout } from './lib/layout.ts';
import { SetupError } from './lib/setupError.ts';

/** Faults that stay in their namespace do not disturb each other; the others have the cluster to themselves. */
const AT_ONCE = 6;
const DIAGNOSIS_SECONDS = 60;
const cliFile = join(checkout, 'dist', 'cli.js');

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    plant: { type: 'string' },
    uproot: { type: 'string' },
    list: { type: 'boolean', default: false },
    again: { type: 'boolean', default: false },
    record: { type: 'boolean', default: false },
  },
});
const say = (line: string): void => console.error(line);

type Outcome = { kind: 'passed' } | { kind: 'failed'; why: string };

/** `gone` ends when nothing of the fault is left, and answers otherwise with why not. */
type Checked = { fault: Fault; outcome: Outcome; gone: Promise<Outcome> };

/** Runs the command line as it ships. Answers with its output when it ended with one of these codes. */
function podTriage(args: readonly string[], codes: readonly number[], target?: Target): Promise<string> {
  const env = target ? { ...process.env, KUBECONFIG: target.kubeconfig } : process.env;
  const from = target ? ['--context', target.context] : [];
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [cliFile, ...args, ...from], {
      env,
      timeout: DIAGNOSIS_SECONDS * 1000,
    });
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
      if (codes.includes(code ?? -1)) return resolve(out);
      reject(new SetupError(`${args[0]} ended with ${signal ?? code}: ${err.trim().slice(-500)}`));
    });
  });
}

const probing = ({ probe }: Fault): string[] =>
  probe ? ['--probe', '--yes', '--probe-image', toolsImage()] : [];

async function diagnose(fault: Fault, from: Target | string): Promise<Diagnosis> {
  const args = ['diagnose', fault.diagnose, '-n', fault.id, '--format', 'json'];
  const answer =
    typeof from === 'string'
      ? await podTriage([...args, '--from', from], [0, 1])
      : await podTriage([...args, ...probing(fault)], [0, 1], from);
  return JSON.parse(answer) as Diagnosis;
}

/** Takes the snapshot of a planted fault into the fixtures, where it must give the same answer. */
async function recordFault(fault: Fault, target: Target): Promise<string | undefined> {
  const folder = mkdtempSync(join(tmpdir(), 'pod-triage-record-'));
  try {
    await podTriage(['snapshot', '--out', folder, '-n', fault.id, '--for', fault.diagnose], [0], target);
    await record(fault, folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  const why = mistake(fault.expect, await diagnose(fault, recordingOf(fault.id)));
  return why === undefined ? undefined : `its snapshot answers otherwise: ${why}`;
}

/** Asks as whom the fault says: mostly as somebody who may read everything. */
async function answerOf(fault: Fault, target: Target): Promise<string | undefined> {
  if (fault.as === undefined) return ask(fault, target);
  const kubeconfig = await kubeconfigAs(target, fault.id, fault.as);
  try {
    return await ask(fault, { ...target, kubeconfig });
  } finally {
    rmSync(dirname(kubeconfig), { recursive: true, force: true });
  }
}

async function ask(fault: Fault, target: Target): Promise<string | undefined> {
  const answer = await diagnose(fault, target);
  const why =
    mistake(fault.expect, answer) ?? (fault.probe ? await flawOf(fault, target, answer) : undefined);
  // What an active test sees is no part of a snapshot.
  return why ?? (values.record && !fault.probe ? recordFault(fault, target) : undefined);
}

async function outcomeOf(fault: Fault, target: Target): Promise<Outcome> {
  try {
    await plant(fault, target);
    const why = await answerOf(fault, target);
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

async function check(fault: Fault, target: Target): Promise<Checked> {
  const begin = Date.now();
  const outcome = await outcomeOf(fault, target);
  const seconds = ((Date.now() - begin) / 1000).toFixed(1);
  console.log(
    outcome.kind === 'passed'
      ? `ok    ${fault.id} (${seconds} s)`
      : `FAIL  ${fault.id} (${seconds} s): ${outcome.why}`,
  );
  const undone = await takenAway(fault, pullUp(fault, target));
  const gone = undone.kind === 'failed' ? undone : takenAway(fault, waitUntilGone(fault, target));
  return { fault, outcome, gone: Promise.resolve(gone) };
}

async function takenAway({ id }: Fault, end: Promise<void>): Promise<Outcome> {
  try {
    await end;
    return { kind: 'passed' };
  } catch (cause) {
    const why = `Taking it away failed: ${cause instanceof Error ? cause.message : cause}`;
    console.log(`FAIL  ${id}: ${why}`);
    return { kind: 'failed', why };
  }
}

/**
 * Runs the checks with so many at a time, in their order. The end of a namespace takes longer than most faults: it is
 * not in the way of the next one, only of somebody who wants the cluster to himself.
 */
async function inTurns(faults: readonly Fault[], atOnce: number, target: Target): Promise<Checked[]> {
  const checked: Checked[] = [];
  const waiting = [...faults];
  const worker = async () => {
    for (let fault = waiting.shift(); fault; fault = waiting.shift()) {
      const done = await check(fault, target);
      if (atOnce === 1) await done.gone;
      checked.push(done);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  const ends = await Promise.all(checked.map(({ gone }) => gone));
  return checked.map((done, at) => ({
    ...done,
    outcome: done.outcome.kind === 'failed' ? done.outcome : (ends[at] ?? done.outcome),
  }));
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
