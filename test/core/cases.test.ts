/** The case library is whole: what rules and modes name exists, in both languages, in one form. */
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, it } from 'node:test';
import { parseAllDocuments } from 'yaml';
import { type CasePage, parseCase } from '../../server/src/core/cases.ts';
import { MISSING_MODE } from '../../server/src/core/diagnosis/missingSubject.ts';
import { MODES } from '../../server/src/core/diagnosis/modes/index.ts';
import { RULES } from '../../server/src/core/lint/rules/index.ts';
import { ROOT } from '../tools/paths.ts';

/** Pages that no rule needs to name: what only a test inside the cluster or on the node can tell, as the guided flows ask for. */
const GUIDES = [
  'bound-to-loopback',
  'cilium-bpf-map-full',
  'clock-drift-certs',
  'conntrack-table-full',
  'dns-conntrack-race-5s',
  'dns-ndots-5',
  'hairpin-self-service',
  'ipvs-conn-reuse',
  'mtu-mismatch',
  'netpol-ipblock-after-nat',
];

const LANGUAGES = {
  en: {
    folder: 'media/cases',
    headings: ['You see', 'Because', 'Make sure', 'Fix', 'So that it never comes back'],
    ruleLine: '- Lint rules that see it: ',
  },
  zh: {
    folder: 'media/cases/zh-cn',
    headings: ['现象', '原因', '确认', '修复', '预防'],
    ruleLine: '- 能发现此问题的检查规则：',
  },
} as const;
type Language = keyof typeof LANGUAGES;

/** Places the editor fills in; every other pair of braces belongs to the command. */
const PLACES = /^(namespace|pod|service|node|container|deployment|job|cronjob|claim|configmap|secret|end)$/;

interface Page extends CasePage {
  file: string;
  sections: { heading: string; text: string }[];
}

function pagesOf(language: Language): Map<string, Page> {
  const { folder } = LANGUAGES[language];
  const files = globSync(`${folder}/*.md`, { cwd: ROOT }).sort();
  return new Map(files.map((file) => [basename(file, '.md'), readPage(file)]));
}

function readPage(file: string): Page {
  const page = parseCase(readFileSync(join(ROOT, file), 'utf8'));
  assert.ok(page, `${file} has no front matter`);
  // A `#` line of a shell block is no heading.
  const outside = page.body.replace(/^```[\s\S]*?^```$/gm, (code) => code.replace(/^#/gm, ' '));
  const starts = [...outside.matchAll(/^#+ .*$/gm)].map(({ index }) => index);
  const sections = starts.map((start, i) => {
    const text = page.body.slice(start, starts[i + 1]);
    const end = text.indexOf('\n');
    return { heading: text.slice(0, end), text: text.slice(end).trim() };
  });
  return { ...page, file, sections };
}

const codeOf = (text: string): { language: string; code: string }[] =>
  [...text.matchAll(/^```(.*)\n([\s\S]*?)^```$/gm)].map((match) => ({
    language: match[1] ?? '',
    code: match[2] ?? '',
  }));

/** Rule ids that the last section lists. */
const rulesListed = (page: Page, language: Language): string[] =>
  (page.sections.at(-1)?.text ?? '')
    .split('\n')
    .filter((line) => line.startsWith(LANGUAGES[language].ruleLine))
    .flatMap((line) => [...line.matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? ''));

const pages = { en: pagesOf('en'), zh: pagesOf('zh') };
const languages = Object.keys(LANGUAGES) as Language[];
const named = new Set([...RULES, ...MODES, MISSING_MODE].map((each) => each.case));
const known = new Set(RULES.map(({ id }) => id as string));

/** Collects what is wrong, so that one run shows all of it. */
function none(complaints: Iterable<string>): void {
  assert.deepEqual([...complaints], []);
}
const each = (check: (page: Page, language: Language) => Iterable<string>): string[] =>
  languages.flatMap((language) =>
    [...pages[language].values()].flatMap((page) =>
      [...check(page, language)].map((complaint) => `${page.file}: ${complaint}`),
    ),
  );

describe('case library', () => {
  it('has a page for every case that a rule or a mode names', () => {
    assert.ok(named.size > 40, `${named.size} cases named`);
    for (const language of languages) none([...named].filter((id) => !pages[language].has(id)));
  });

  it('has no page that nothing names', () => {
    const wanted = new Set([...named, ...GUIDES]);
    none([...pages.en.keys()].filter((id) => !wanted.has(id)));
    none(GUIDES.filter((id) => !pages.en.has(id)));
  });

  it('says the same things in both languages', () => {
    assert.deepEqual([...pages.zh.keys()], [...pages.en.keys()]);
    for (const [id, chinese] of pages.zh) {
      const english = pages.en.get(id);
      assert.ok(english);
      assert.deepEqual(chinese.sources, english.sources, id);
      assert.deepEqual(
        codeOf(chinese.body).map(({ language }) => language),
        codeOf(english.body).map(({ language }) => language),
        id,
      );
      assert.deepEqual(rulesListed(chinese, 'zh'), rulesListed(english, 'en'), id);
      none(english.symptoms.filter((symptom) => !chinese.symptoms.includes(symptom)));
    }
  });

  it('has whole front matter', () => {
    none(
      each(function* (page) {
        if (page.id !== basename(page.file, '.md')) yield `id ${page.id}`;
        if (page.title === '') yield 'no title';
        // Trees and tabs show it as it is.
        if (/[`*_]/.test(page.title)) yield `markup in the title: ${page.title}`;
        if (page.symptoms.length === 0) yield 'no symptoms';
        if (page.sources.length === 0) yield 'no sources';
        for (const source of page.sources)
          if (!/^https:\/\/[\w.-]+\.[a-z]+\/\S*$/.test(source)) yield `source ${source}`;
        if (new Set(page.sources).size < page.sources.length) yield 'a source twice';
      }),
    );
  });

  it('has the five sections in order, none of them empty', () => {
    none(
      each(function* (page, language) {
        const headings = page.sections.map(({ heading }) => heading);
        const wanted = LANGUAGES[language].headings.map((heading) => `## ${heading}`);
        if (headings.join() !== wanted.join()) yield `sections ${headings.join(', ')}`;
        for (const { heading, text } of page.sections) {
          const prose = text.replace(/^```[\s\S]*?^```$/gm, '').trim();
          if (prose.length < 20 && heading !== '## Fix' && heading !== '## 修复') yield `${heading} is thin`;
          if (language === 'zh' && prose !== '' && !/\p{Script=Han}/u.test(prose))
            yield `${heading} is not Chinese`;
        }
      }),
    );
  });

  it('confirms by a command and shows the fix', () => {
    none(
      each(function* (page) {
        const [, , confirm, fix] = page.sections;
        if (!codeOf(confirm?.text ?? '').some(({ language }) => language === 'sh')) yield 'no command';
        if (codeOf(fix?.text ?? '').length === 0) yield 'no fix in code';
        const blocks = codeOf(page.body);
        if ((page.body.match(/^```/gm)?.length ?? 0) !== 2 * blocks.length) yield 'an open code block';
        for (const { language, code } of blocks) {
          if (!['sh', 'yaml', 'diff'].includes(language)) yield `code in "${language}"`;
          if (language === 'diff' && !/^[+-]/m.test(code)) yield 'a diff without a change';
          if (language === 'diff')
            for (const line of code.matchAll(/^[^ +\-\n].*$/gm)) yield `diff: ${line[0]}`;
          if (language === 'yaml')
            for (const { errors } of parseAllDocuments(code)) for (const error of errors) yield error.message;
          for (const [, place = ''] of language === 'sh' ? code.matchAll(/\{([a-z]+)\}/g) : [])
            if (!PLACES.test(place)) yield `place {${place}}`;
        }
      }),
    );
  });

  it('lists rules that exist, and every rule on the page of its case', () => {
    none(
      each((page, language) =>
        rulesListed(page, language)
          .filter((id) => !known.has(id))
          .map((id) => `rule ${id}`),
      ),
    );
    none(
      RULES.flatMap((rule) =>
        languages
          .filter((language) => {
            const page = pages[language].get(rule.case);
            return page && !rulesListed(page, language).includes(rule.id);
          })
          .map((language) => `${rule.id} is not on the ${language} page ${rule.case}`),
      ),
    );
  });
});
