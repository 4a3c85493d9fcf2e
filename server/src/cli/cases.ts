/** `pod-triage cases [ID]`: the case library in a terminal. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type CasePage, parseCase } from '../core/cases.ts';
import { t } from '../l10n.ts';
import { type CliIO, UsageError } from './io.ts';

/** Without an id: one line a case. With one: its page, in the language of the environment when it is there. */
export function cases(args: string[], io: CliIO): number {
  const [id, ...rest] = args;
  if (rest.length > 0 || id?.startsWith('-'))
    throw new UsageError(t('cases takes one case id, or nothing to list them all.'));
  const folder = join(io.root, 'media', 'cases');
  const chinese = join(folder, 'zh-cn');
  const localFolder = /^zh/i.test(io.env.LC_ALL ?? io.env.LANG ?? '') ? chinese : folder;
  const read = (name: string): CasePage | undefined => {
    const file = [join(localFolder, name), join(folder, name)].find((path) => existsSync(path));
    return file ? parseCase(readFileSync(file, 'utf8')) : undefined;
  };
  if (id === undefined) {
    for (const name of readdirSync(folder)
      .filter((each) => each.endsWith('.md'))
      .sort()) {
      const page = read(name);
      if (page) io.out(`${page.id.padEnd(44)} ${page.title}\n`);
    }
    return 0;
  }
  // The id becomes a file name: only our own alphabet may.
  const page = /^[a-z0-9-]+$/.test(id) ? read(`${id}.md`) : undefined;
  if (!page) throw new UsageError(t('There is no case {id}; pod-triage cases lists them.', { id }));
  io.out(
    `# ${page.title}\n\n${page.body.trim()}\n\n${page.sources.map((source) => `- ${source}`).join('\n')}\n`,
  );
  return 0;
}
