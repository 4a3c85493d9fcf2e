/** `pod-triage diagnose KIND/NAME`: why it does not work, from a cluster or a snapshot. */
import { parseArgs } from 'node:util';
import { collect } from '../cluster/collect.ts';
import { aimReport } from '../core/diagnosis/aim.ts';
import { diagnose as run } from '../core/diagnosis/diagnose.ts';
import { reportMarkdown } from '../core/diagnosis/markdown.ts';
import type { Observed, Subject } from '../core/diagnosis/observed.ts';
import { t, translate } from '../l10n.ts';
import { gapsOfSubject } from '../snapshot/read.ts';
import { type CliIO, oneOf, UsageError } from './io.ts';
import { checkProbeFlags, PROBE_OPTIONS, probe } from './probe.ts';
import { reportText } from './reportText.ts';
import { type OpenSource, openSource, reporting, SOURCE_OPTIONS, subjectOf } from './source.ts';

/** Exit code 1 when a root cause was found, 2 when the question could not be asked. */
export const diagnose = (args: string[], io: CliIO): Promise<number> =>
  reporting(io, async (signal) => {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: {
        ...SOURCE_OPTIONS,
        ...PROBE_OPTIONS,
        format: { type: 'string' },
        stats: { type: 'boolean' },
      },
    });
    checkProbeFlags(values, io);
    const [word, ...rest] = positionals;
    if (word === undefined || rest.length > 0)
      throw new UsageError(t('diagnose takes one object, for example pod/web-1.'));
    const format = oneOf('format', values.format, ['text', 'json', 'markdown'], 'text');
    // A word that names no object fails before anything is opened.
    subjectOf(word, values.namespace);
    const source = await openSource(values, io);
    try {
      const subject = subjectOf(word, source.namespace ?? namespaceIn(source, word));
      let observed = await observe(source, subject, signal, values.stats ?? false);
      if (values.probe && source.kind === 'cluster')
        observed = { ...observed, probe: await probe(source.client, observed, subject, values, io, signal) };
      const found = run(observed, subject, { translate });
      const report = source.kind === 'cluster' ? aimReport(found, source.aim) : found;
      const where = subject.namespace ? `${source.where} / ${subject.namespace}` : source.where;
      if (format === 'json') io.out(`${JSON.stringify(report, null, 2)}\n`);
      else
        io.out(format === 'markdown' ? reportMarkdown(report, where, translate) : reportText(report, where));
      return report.rootCauses.length > 0 ? 1 : 0;
    } finally {
      if (source.kind === 'cluster') source.connections.close();
    }
  });

/** Without -n, a snapshot that holds the object once says where it is. */
function namespaceIn(source: OpenSource, word: string): string | undefined {
  if (source.kind !== 'snapshot') return undefined;
  const { kind, name } = subjectOf(word, undefined);
  const found = source.snapshot.objects.filter(
    (object) => object.kind === kind && object.metadata.name === name,
  );
  const namespaces = new Set(found.map(({ metadata }) => metadata.namespace));
  return namespaces.size === 1 ? [...namespaces][0] : undefined;
}

async function observe(
  source: OpenSource,
  subject: Subject,
  signal: AbortSignal,
  stats: boolean,
): Promise<Observed> {
  if (source.kind === 'cluster') return collect(source.client, subject, { signal, stats });
  const { snapshot } = source;
  return { ...snapshot, gaps: [...snapshot.gaps, ...gapsOfSubject(snapshot, subject)] };
}
