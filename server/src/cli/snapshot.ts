/** `pod-triage snapshot --out DIR [--for KIND/NAME]`: what the diagnoses of a namespace, or that of one object, read. */
import { relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { takeSnapshot } from '../cluster/takeSnapshot.ts';
import type { Observed, Subject } from '../core/diagnosis/observed.ts';
import { formatRef } from '../core/kube/ref.ts';
import { t } from '../l10n.ts';
import { writeSnapshot } from '../snapshot/write.ts';
import { type CliIO, UsageError } from './io.ts';
import { openSource, reporting, SOURCE_OPTIONS, subjectOf } from './source.ts';

/** Exit code 0 when the folder was written, also when parts could not be read: they are named. */
export const snapshot = (args: string[], io: CliIO): Promise<number> =>
  reporting(io, async (signal) => {
    const { values } = parseArgs({
      args,
      options: {
        ...SOURCE_OPTIONS,
        out: { type: 'string' },
        for: { type: 'string' },
        stats: { type: 'boolean' },
      },
    });
    if (!values.out) throw new UsageError(t('snapshot needs --out DIR, a new or empty folder.'));
    if (values.from !== undefined)
      throw new UsageError(t('snapshot reads a cluster; it goes without --from.'));
    // A word that names no object fails before anything is opened.
    if (values.for !== undefined) subjectOf(values.for, values.namespace);
    const source = await openSource(values, io);
    if (source.kind !== 'cluster') return 2;
    try {
      const folder = resolve(io.cwd, values.out);
      const subject =
        values.for === undefined
          ? { kind: 'Namespace', name: source.namespace }
          : subjectOf(values.for, source.namespace);
      const { observed, collected } = await takeSnapshot(source.client, subject, {
        signal,
        stats: values.stats ?? false,
      });
      if (values.for !== undefined && isMissing(observed, subject))
        throw new UsageError(
          t('{what} was not found in {where}; a snapshot of it would be empty.', {
            what: formatRef(subject),
            where: source.where,
          }),
        );
      await writeSnapshot(folder, observed, collected);
      for (const gap of observed.gaps)
        io.err(
          t('Not read: {what}: {detail}', {
            what: [gap.kind, gap.namespace, gap.name].filter(Boolean).join(' '),
            detail: gap.detail,
          }),
        );
      io.out(
        `${t('{objects} {objects:object|objects} and {logs} {logs:log|logs} for {subject} are in {folder}.', {
          objects: observed.objects.length,
          logs: observed.logs.length,
          subject: formatRef(subject),
          folder: relative(io.cwd, folder) || '.',
        })}\n`,
      );
      return 0;
    } finally {
      source.connections.close();
    }
  });

/** An object that is not there, where its kind could be read. */
const isMissing = ({ objects, gaps }: Observed, { kind, namespace, name }: Subject): boolean =>
  !gaps.some((gap) => gap.kind === kind) &&
  !objects.some(
    (object) =>
      object.kind === kind && object.metadata.name === name && object.metadata.namespace === namespace,
  );
