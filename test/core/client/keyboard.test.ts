/** Whatever a click does, the palette does too: menus, links, rows, and the buttons of pages. */
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { caseChoices } from '../../../client/src/cases/choices.ts';
import { choicesOf } from '../../../client/src/report/choices.ts';
import { ACTIONS, type Button, type ReportPage } from '../../../client/src/report/model.ts';
import { ROOT } from '../../tools/paths.ts';

interface Contributes {
  commands: { command: string }[];
  menus: Record<string, { command: string; when?: string }[]>;
  viewsWelcome: unknown;
  walkthroughs: unknown;
}

const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
const { contributes } = JSON.parse(read('package.json')) as { contributes: Contributes };
const { commandPalette = [], ...menus } = contributes.menus;

/** What a command needs as an argument, the twin asks for. */
const TWINS: Record<string, string> = {
  'podTriage.openCase': 'podTriage.searchCases',
};
/** The next step of a failure, on a row of a tree or in the status bar: each step is a command of its own. */
const INTERNAL = new Set(['podTriage.runAction']);

const hidden = new Set(commandPalette.filter(({ when }) => when === 'false').map(({ command }) => command));
const palette = new Set(
  contributes.commands.map(({ command }) => command).filter((command) => !hidden.has(command)),
);
const isReachable = (command: string): boolean => palette.has(TWINS[command] ?? command);
const ours = (commands: Iterable<string>): string[] =>
  [...new Set(commands)].filter((command) => command.startsWith('podTriage.') && !INTERNAL.has(command));
const namesIn = (text: string, pattern: RegExp): string[] =>
  [...text.matchAll(pattern)].map((match) => match[1] ?? '');

describe('the palette', () => {
  it('has every command of every menu, or its twin', () => {
    const entries = Object.entries(menus).flatMap(([menu, all]) =>
      all.map(({ command }) => ({ menu, command })),
    );
    assert.ok(entries.length > 30, `${entries.length} entries of menus`);
    assert.deepEqual(
      entries.filter(({ command }) => !isReachable(command)),
      [],
    );
  });

  it('hides nothing but what has a twin', () => {
    assert.deepEqual([...hidden].sort(), Object.keys(TWINS).sort());
  });

  it('has every command that welcome texts and the walkthrough link to, in both languages', () => {
    for (const file of ['package.nls.json', 'package.nls.zh-cn.json']) {
      const linked = ours(namesIn(read(file), /\(command:([\w.]+)/g)).filter(
        (command) => !command.endsWith('.focus'),
      );
      assert.ok(linked.length > 5, `${file}: ${linked}`);
      assert.deepEqual(
        linked.filter((command) => !isReachable(command)),
        [],
        file,
      );
    }
  });

  it('has every command that rows, lenses, links and status items run', () => {
    const sources = globSync('client/src/**/*.ts', { cwd: ROOT }).map(read);
    const run = ours(
      sources.flatMap((text) =>
        namesIn(text, /(?:command: |path: |executeCommand\(\s*|command\(\s*\S.*?, )'(podTriage\.\w+)'/g),
      ),
    );
    assert.ok(run.length > 8, String(run));
    assert.deepEqual(
      run.filter((command) => !isReachable(command)),
      [],
    );
  });
});

/** Every button that a page of data holds, wherever it is. */
function buttonsIn(value: unknown): Button[] {
  if (Array.isArray(value)) return value.flatMap(buttonsIn);
  if (typeof value !== 'object' || value === null) return [];
  const { id, label } = value as Partial<Button>;
  const own = ACTIONS.some((action) => action === id) && label !== undefined ? [value as Button] : [];
  return [...own, ...Object.values(value).flatMap(buttonsIn)];
}

describe('page actions', () => {
  const button = (id: Button['id'], index = 0): Button => ({ id, index, label: `${id} ${index}` });
  const page: ReportPage = {
    title: 'web',
    subtitle: '',
    at: '',
    production: '',
    status: { kind: 'done', text: '', detail: '' },
    actions: [button('run'), button('probe'), button('copy'), button('save'), button('cancel')],
    sections: [
      {
        id: 'why',
        heading: '',
        kind: 'causes',
        causes: [
          {
            severity: 'error',
            message: 'It listens on 8080.',
            confidence: '',
            confidenceWhy: '',
            place: '',
            manifest: button('manifest'),
            buttons: [button('fix'), button('case')],
          },
        ],
      },
      { id: 'verdict', heading: '', kind: 'text', text: '' },
      { id: 'follows', heading: '', kind: 'chains', chains: [] },
      { id: 'evidence', heading: '', kind: 'evidence', rows: [] },
      { id: 'path', heading: '', kind: 'path', steps: [] },
      {
        id: 'gaps',
        heading: '',
        kind: 'rows',
        rows: [
          { text: 'NetworkPolicies', detail: '', buttons: [button('copyRole')] },
          { text: 'No buttons', detail: '' },
        ],
      },
      {
        id: 'next',
        heading: '',
        kind: 'commands',
        rows: [{ command: 'kubectl get pods', buttons: [button('copyCommand'), button('runCommand')] }],
      },
    ],
  };

  it('list every button of a report, with what it is about', () => {
    const choices = choicesOf(page);
    assert.deepEqual(
      choices.map((choice) => choice.button),
      buttonsIn(page),
    );
    const about = (id: Button['id']): string | undefined =>
      choices.find((choice) => choice.button.id === id)?.about;
    assert.deepEqual(
      ['manifest', 'fix', 'copyRole', 'runCommand', 'run'].map((id) => about(id as Button['id'])),
      ['It listens on 8080.', 'It listens on 8080.', 'NetworkPolicies', 'kubectl get pods', ''],
    );
    // The next step of a failure is the one button that only a failed report has.
    assert.deepEqual(
      ACTIONS.filter((id) => about(id) === undefined),
      ['failure'],
    );
  });

  it('list every button and link of a case', () => {
    const choices = caseChoices(
      {
        page: {
          id: 'oom',
          title: 'OOM',
          symptoms: [],
          sources: ['https://example.com/a', 'a book'],
          body: '',
        },
        language: 'en',
        related: [{ message: 'It was killed.', where: 'web.yaml:3' }],
        rules: [{ id: 'memory-limit-missing', enabled: false }],
      },
      'Look:\n\n```sh\nkubectl top pod\n```\n\nand\n\n```yaml\na: 1\nb: 2\n```\n',
      (text) => text,
    );
    assert.deepEqual(
      choices.map((choice) => (choice.kind === 'act' ? choice.message : choice.url)),
      [
        { kind: 'search' },
        { kind: 'source' },
        { kind: 'language', language: 'zh-cn' },
        { kind: 'related', index: 0 },
        { kind: 'copy', text: 'kubectl top pod\n' },
        { kind: 'copy', text: 'a: 1\nb: 2\n' },
        { kind: 'rule', id: 'memory-limit-missing' },
        'https://example.com/a',
      ],
    );
    // What the page can ask for is what the list holds.
    const asked = namesIn(read('client/src/cases/view.ts'), /data-kind="(\w+)"/g);
    const listed = new Set(choices.map((choice) => (choice.kind === 'act' ? choice.message.kind : 'link')));
    assert.deepEqual(
      [...new Set(asked)].filter((kind) => !listed.has(kind as 'link')),
      [],
    );
  });
});
