/** `--probe`: shows what an active test would do, asks, runs it. */
import type { KubeClient } from '../cluster/client.ts';
import { failureOf } from '../cluster/failure.ts';
import { type PreparedProbe, prepareProbe } from '../cluster/probe/prepare.ts';
import { runProbe } from '../cluster/probe/run.ts';
import type { Observed, Subject } from '../core/diagnosis/observed.ts';
import { oneLine } from '../core/printable.ts';
import type { ProbeRefusal } from '../core/probe/check.ts';
import { t } from '../l10n.ts';
import type { ProbeProposal } from '../protocol.ts';
import { type CliIO, UsageError } from './io.ts';

export const PROBE_OPTIONS = {
  probe: { type: 'boolean' },
  yes: { type: 'boolean' },
  'probe-image': { type: 'string' },
} as const;

interface ProbeFlags {
  probe?: boolean | undefined;
  yes?: boolean | undefined;
  'probe-image'?: string | undefined;
  from?: string | undefined;
}

/** The default of the editor's setting `podTriage.netshoot.image`; a test holds the two together. */
export const DEFAULT_PROBE_IMAGE = 'nicolaka/netshoot:v0.14';

/** Throws `UsageError` for flags that make no sense together, before anything is opened. */
export function checkProbeFlags({ probe, yes, from, ...flags }: ProbeFlags, io: CliIO): void {
  if (!probe) {
    if (yes || flags['probe-image'] !== undefined)
      throw new UsageError(t('--yes and --probe-image belong to --probe; add it or leave them out.'));
    return;
  }
  if (from !== undefined)
    throw new UsageError(
      t('--probe runs a test in a cluster, and --from reads a snapshot; leave one of them out.'),
    );
  if (!yes && !io.confirm)
    throw new UsageError(
      t(
        '--probe writes to the cluster and asks before it does; without a terminal to ask on, agree with --yes.',
      ),
    );
}

/** What came of it. Rejects only when the command was interrupted; every other trouble is a reason of `refused`. */
export async function probe(
  client: KubeClient,
  observed: Observed,
  subject: Subject,
  flags: ProbeFlags,
  io: CliIO,
  signal: AbortSignal,
): Promise<NonNullable<Observed['probe']>> {
  const options = { image: flags['probe-image'] ?? DEFAULT_PROBE_IMAGE, pullPolicy: 'IfNotPresent' as const };
  try {
    const preparation = await prepareProbe(client, observed, subject, options, signal);
    if (preparation.kind === 'refused') {
      const { refusal, permission } = preparation;
      io.err(
        `pod-triage: ${t('No active test was made: {reason}', {
          reason: permission
            ? t('You may not {verb} {resource} in namespace {namespace}; ask for that permission.', {
                verb: permission.verb,
                resource: permission.resource,
                namespace: permission.namespace,
              })
            : refusal.detail,
        })}`,
      );
      return { kind: 'refused', refusal };
    }
    return await agreed(client, preparation.prepared, flags, io, signal);
  } catch (error) {
    if (signal.aborted) throw error;
    const { code, message, detail } = failureOf(error);
    io.err(
      `pod-triage: ${t('No active test was made: {reason}', { reason: detail ? `${message} (${detail})` : message })}`,
    );
    const reason: ProbeRefusal['reason'] =
      code === 'forbidden' ? 'forbidden' : code === 'timed-out' ? 'timed-out' : 'unavailable';
    return { kind: 'refused', refusal: { reason, detail: detail ? `${message} ${detail}` : message } };
  }
}

async function agreed(
  client: KubeClient,
  prepared: PreparedProbe,
  { yes }: ProbeFlags,
  io: CliIO,
  signal: AbortSignal,
): Promise<NonNullable<Observed['probe']>> {
  for (const line of proposalLines(prepared.proposal)) io.err(line);
  const isAgreed = yes === true || (await io.confirm?.(t('Run this test?'), signal)) === true;
  if (!isAgreed)
    return { kind: 'refused', refusal: { reason: 'not-evaluated', detail: t('You did not agree to it.') } };
  let last = '';
  const progress = (doing: string): void => {
    if (doing !== last && io.confirm) io.err(`  ${doing}`);
    last = doing;
  };
  return { kind: 'run', run: await runProbe(client, prepared, progress, signal) };
}

/** Context, namespace and the exact object, then what is tried. */
function proposalLines({ context, namespace, object, image, summary, yaml, tests }: ProbeProposal): string[] {
  const indent = (text: string): string[] =>
    text
      .trimEnd()
      .split('\n')
      .map((line) => `    ${line}`);
  return [
    t('Active test'),
    `  ${t('Context: {context}', { context })}`,
    `  ${t('Namespace: {namespace}', { namespace })}`,
    `  ${t('Object: {object}', { object })}`,
    `  ${t('Image: {image}', { image })}`,
    `  ${summary}`,
    ...(yaml === '' ? [] : indent(yaml)),
    `  ${t('It tries:')}`,
    ...tests.map((test) => `    ${test}`),
  ].map(oneLine);
}
