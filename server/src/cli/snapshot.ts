/** `pod-triage snapshot --out DIR`: what a diagnosis would read, as a folder. */
import { relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { takeSnapshot } from '../cluster/takeSnapshot.ts';
import { t } from '../l10n.ts';
import { writeSnapshot } from '../snapshot/write.ts';
import { type CliIO, UsageError } from './io.ts';
import { openSource, reporting, SOURCE_OPTIONS } from './source.ts';

/** Exit code 0 when the folder was written, also when parts could not be read: they are named. */
export const snapshot = (args: string[], io: CliIO): Promise<number> =>
  reporting(io, async (signal) => {
    const { values } = parseArgs({
      args,
      options: { ...SOURCE_OPTIONS, out: { type: 'string' }, stats: { type: 'boolean' } },
    });
    if (!values.out) throw new UsageError(t('snapshot needs --out DIR, a new or empty folder.'));
    if (values.from !== undefined)
      throw new UsageError(t('snapshot reads a cluster; it goes without --from.'));
    const source = await openSource(values, io);
    if (source.kind !== 'cluster') return 2;
    try {
      const folder = resolve(io.cwd, values.out);
      const { observed, collected } = await takeSnapshot(source.client, source.namespace, {
        signal,
        stats: values.stats ?? false,
      });
      await writeSnapshot(folder, observed, collected);
      for (const gap of observed.gaps)
        io.err(
          t('Not read: {what}: {detail}', {
            what: [gap.kind, gap.namespace, gap.name].filter(Boolean).join(' '),
            detail: gap.detail,
          }),
        );
      io.out(
        `${t(
          '{objects} {objects:object|objects} and {logs} {logs:log|logs} of namespace {namespace} are in {folder}.',
          {
            objects: observed.objects.length,
            logs: observed.logs.length,
            namespace: source.namespace,
            folder: relative(io.cwd, folder) || '.',
          },
        )}\n`,
      );
      return 0;
    } finally {
      source.connections.close();
    }
  });
