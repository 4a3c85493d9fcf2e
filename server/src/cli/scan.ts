/** `pod-triage scan`: everything that is wrong in a namespace, or in every namespace of a snapshot. */
import { parseArgs } from 'node:util';
import { collect } from '../cluster/collect.ts';
import { diagnose } from '../core/diagnosis/diagnose.ts';
import type { Observed } from '../core/diagnosis/observed.ts';
import { indexObserved } from '../core/diagnosis/observedIndex.ts';
import type { DiagnosisReport } from '../core/diagnosis/report.ts';
import { t, translate } from '../l10n.ts';
import { gapsOfNamespace } from '../snapshot/read.ts';
import { type CliIO, oneOf, UsageError } from './io.ts';
import { reportText } from './reportText.ts';
import { type OpenSource, openSource, reporting, SOURCE_OPTIONS } from './source.ts';

/** Exit code 1 when a root cause was found in any namespace. JSON: `{"reports":[…]}`, one report a namespace. */
export const scan = (args: string[], io: CliIO): Promise<number> =>
  reporting(io, async (signal) => {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: { ...SOURCE_OPTIONS, format: { type: 'string' } },
    });
    if (positionals.length > 0) throw new UsageError(t('scan takes no object; name a namespace with -n.'));
    const format = oneOf('format', values.format, ['text', 'json'], 'text');
    const source = await openSource(values, io);
    try {
      const reports: DiagnosisReport[] = [];
      for (const [namespace, observed] of await observations(source, signal))
        reports.push(
          diagnose(indexObserved(observed), { kind: 'Namespace', name: namespace }, { translate }),
        );
      if (format === 'json') io.out(`${JSON.stringify({ reports }, null, 2)}\n`);
      else io.out(reports.map((report) => reportText(report, source.where)).join('\n'));
      return reports.some(({ rootCauses }) => rootCauses.length > 0) ? 1 : 0;
    } finally {
      if (source.kind === 'cluster') source.connections.close();
    }
  });

async function observations(source: OpenSource, signal: AbortSignal): Promise<[string, Observed][]> {
  if (source.kind === 'cluster') {
    const subject = { kind: 'Namespace', name: source.namespace };
    return [[source.namespace, await collect(source.client, subject, { signal })]];
  }
  const { snapshot } = source;
  const named = source.namespace === undefined ? namespacesWithPods(snapshot) : [source.namespace];
  return named.map((namespace) => [
    namespace,
    { ...snapshot, gaps: [...snapshot.gaps, ...gapsOfNamespace(snapshot, namespace)] },
  ]);
}

const namespacesWithPods = ({ objects }: Observed): string[] => [
  ...new Set(
    objects.flatMap(({ kind, metadata }) => (kind === 'Pod' ? [metadata.namespace ?? 'default'] : [])),
  ),
];
