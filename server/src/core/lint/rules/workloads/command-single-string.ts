import { containersOf } from '../../../kube/workload.ts';
import { objectRule } from '../../rule.ts';

const SHELL =
  /(?:^|\/)(?:sh|bash|ash|dash|zsh|ksh|busybox|cmd|cmd\.exe|powershell|powershell\.exe|pwsh|env|tini|dumb-init|chpst|su|gosu|su-exec|nsenter|kubectl|ssh|timeout)$/;
/** What follows is a program of its own language. */
const CODE = /^(?:-c|-e|-ec|-lc|--eval|--command|-[Cc]ommand)$/;
/** Marks that only a shell understands: as words of their own, or `$(…)` with a blank, which is no variable. */
const SHELL_WORD = /^(?:&&|\|\|?|;|[12]?>>?|<)$/;
const SHELL_TEXT = /\s(?:&&|\|\|?)\s|\$\([^)]*\s[^)]*\)/;

export const commandSingleString = objectRule()({
  id: 'command-single-string',
  group: 'workloads',
  severity: 'warning',
  confidence: 'likely',
  scope: 'object',
  kinds: 'pods',
  case: 'command-single-string',
  messages: {
    oneWord:
      'The command is one word with blanks in it: it is run as a file of that name, and the container does not start.',
    noShell:
      '"{word}" means something to a shell only, and this command runs none: it is handed over as a plain argument.',
    split: 'Split it into words',
    shell: 'Run it in a shell',
  },

  check({ object }, { report }) {
    for (const { container, path } of containersOf(object)) {
      const command = words(container.command);
      const args = words(container.args);
      const [first] = command;
      if (first === undefined) continue;
      // A Windows path may well have a blank in it.
      if (/\S\s+\S/.test(first) && !/^([A-Za-z]:)?\\|^[A-Za-z]:/.test(first)) {
        const plain = !/["'`$&|;<>(){}*?\\]/.test(first);
        report('oneWord', [...path, 'command', 0], {
          fixes: [
            ...(plain
              ? [
                  {
                    title: 'split' as const,
                    edits: [
                      {
                        op: 'set' as const,
                        path: [...path, 'command'],
                        value: [...first.trim().split(/\s+/), ...command.slice(1)],
                      },
                    ],
                  },
                ]
              : []),
            ...(args.length === 0 && command.length === 1
              ? [
                  {
                    title: 'shell' as const,
                    edits: [{ op: 'set' as const, path: [...path, 'command'], value: ['sh', '-c', first] }],
                  },
                ]
              : []),
          ],
        });
        continue;
      }
      if ([...command, ...args].some((word) => SHELL.test(word) || CODE.test(word))) continue;
      for (const list of ['command', 'args'] as const) {
        const found = words(container[list]).findIndex(
          (word) => SHELL_WORD.test(word) || SHELL_TEXT.test(word),
        );
        const word = words(container[list])[found];
        if (word !== undefined) report('noShell', [...path, list, found], { data: { word } });
      }
    }
  },
});

const words = (list: unknown): string[] =>
  Array.isArray(list) ? list.map((word) => (typeof word === 'string' ? word : '')) : [];
