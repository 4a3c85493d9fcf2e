/** `pod-triage scan`: everything that is wrong in a namespace, or in all of them. */
import { parseArgs } from 'node:util';
import { collect, collectShared } from '../cluster/collect.ts';
import type { Collection } from '../cluster/collection.ts';
import { fail } from '../cluster/failure.ts';
import { aimReport } from '../core/diagnosis/aim.ts';
import { diagnose } from '../core/diagnosis/diagnose.ts';
import { headline } from '../core/diagnosis/headline.ts';
import type { Observed } from '../core/diagnosis/observed.ts';
import { indexObserved } from '../core/diagnosis/observedIndex.ts';
import type { DiagnosisReport } from '../core/diagnosis/report.ts';
import { oneLine } from '../core/printable.ts';
import { t, translate } from '../l10n.ts';
import { gapsOfSubject } from '../snapshot/read.ts';
import { type CliIO, oneOf, UsageError } from './io.ts';
import { reportText } from './reportText.ts';
import { type OpenSource, openSource, reporting, SOURCE_OPTIONS } from './source.ts';

/**
 * Exit code 1 when a root cause was found in any namespace. Reports are written as they come, one namespace is held
 * at a time. JSON: `{"reports":[…],"complete":true}`, one report a namespace; `complete` is false when the scan was
 * cut off.
 */
export const scan = (args: string[], io: CliIO): Promise<number> =>
  reporting(io, async (signal) => {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: {
        ...SOURCE_OPTIONS,
        'all-namespaces': { type: 'boolean', short: 'A' },
        format: { type: 'string' },
      },
    });
    if (positionals.length > 0) throw new UsageError(t('scan takes no object; name a namespace with -n.'));
    if (values['all-namespaces'] && values.namespace !== undefined)
      throw new UsageError(t('-A reads every namespace; it goes without -n.'));
    const format = oneOf('format', values.format, ['text', 'json'], 'text');
    const source = await openSource(values, io);
    const write = format === 'json' ? jsonWriter(io) : textWriter(io, source, values.namespace !== undefined);
    let isComplete = false;
    let found = false;
    try {
      for await (const [namespace, observed] of observations(source, values.namespace, signal)) {
        const subject = { kind: 'Namespace', name: namespace };
        const report = diagnose(indexObserved(observed), subject, { translate });
        found ||= report.rootCauses.length > 0;
        write.report(source.kind === 'cluster' ? aimReport(report, source.aim) : report);
      }
      isComplete = true;
    } finally {
      write.end(isComplete);
      if (source.kind === 'cluster') source.connections.close();
    }
    return found ? 1 : 0;
  });

interface Writer {
  report(report: DiagnosisReport): void;
  end(isComplete: boolean): void;
}

function jsonWriter(io: CliIO): Writer {
  let count = 0;
  const open = (): void => io.out(count++ === 0 ? '{"reports":[\n' : ',\n');
  return {
    report: (report) => {
      open();
      io.out(JSON.stringify(report, null, 2));
    },
    end: (isComplete) => {
      // A scan that failed before its first report has said so on standard error, and writes nothing.
      if (count === 0 && !isComplete) return;
      if (count === 0) open();
      io.out(`\n],"complete":${isComplete}}\n`);
    },
  };
}

/** One namespace is told whole; of many, those with a fault are, and the others in a line. */
function textWriter(io: CliIO, source: OpenSource, isWhole: boolean): Writer {
  let count = 0;
  return {
    report: (report) => {
      const isShort = !isWhole && report.rootCauses.length === 0;
      const { name } = report.subject;
      if (count++ > 0 && !isShort) io.out('\n');
      io.out(
        isShort
          ? `${oneLine(`${name}: ${headline(report, translate)}`)}\n`
          : reportText(report, source.where),
      );
    },
    end: (isComplete) => {
      if (isComplete && count === 0) io.out(`${t('There is no namespace to look at.')}\n`);
    },
  };
}

async function* observations(
  source: OpenSource,
  named: string | undefined,
  signal: AbortSignal,
): AsyncGenerator<[namespace: string, observed: Observed]> {
  if (source.kind === 'snapshot') {
    const { snapshot } = source;
    for (const namespace of named === undefined ? namespacesWithPods(snapshot) : [named]) {
      const lacking = gapsOfSubject(snapshot, { kind: 'Namespace', name: namespace });
      yield [namespace, { ...snapshot, gaps: [...snapshot.gaps, ...lacking] }];
    }
    return;
  }
  const { client } = source;
  if (named !== undefined) {
    yield [named, await collect(client, { kind: 'Namespace', name: named }, { signal })];
    return;
  }
  const shared = await collectShared(client, signal);
  for (const name of namespacesOf(shared)) {
    signal.throwIfAborted();
    yield [name, await collect(client, { kind: 'Namespace', name }, { signal, shared })];
  }
}

/** Throws a failure that names the permission when the namespaces may not be listed. */
function namespacesOf(shared: Collection): string[] {
  const gap = shared.gaps.find(({ kind }) => kind === 'Namespace');
  if (gap?.reason === 'forbidden')
    throw fail({
      code: 'forbidden',
      message: t('The namespaces may not be listed; name one with -n.'),
      detail: gap.detail,
    });
  if (gap && gap.reason !== 'not-evaluated')
    throw fail({
      code: 'lost',
      message: t('The namespaces could not be listed; name one with -n.'),
      detail: gap.detail,
    });
  return shared
    .clusterScoped('Namespace')
    .flatMap(({ metadata }) => metadata.name ?? [])
    .sort();
}

const namespacesWithPods = ({ objects }: Observed): string[] => [
  ...new Set(
    objects.flatMap(({ kind, metadata }) => (kind === 'Pod' ? [metadata.namespace ?? 'default'] : [])),
  ),
];
