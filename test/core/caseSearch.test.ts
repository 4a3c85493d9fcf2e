/** Cases are found by what people see. */
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { searchCases } from '../../server/src/core/caseSearch.ts';
import { parseCase } from '../../server/src/core/cases.ts';
import { ROOT } from '../tools/paths.ts';

const pages = globSync('media/cases/*.md', { cwd: ROOT }).flatMap(
  (file) => parseCase(readFileSync(join(ROOT, file), 'utf8')) ?? [],
);
const ids = (query: string): string[] => searchCases(pages, query).map(({ page }) => page.id);

describe('case search', () => {
  it('finds by exit code, and not by a number that contains it', () => {
    assert.ok(ids('137').includes('oomkilled-vs-node-oom'));
    assert.deepEqual(
      searchCases([{ id: 'a', title: 'Port 13700', symptoms: [], sources: [], body: '13700' }], '137').length,
      1,
    );
    assert.deepEqual(
      searchCases([{ id: 'a', title: 'Port', symptoms: ['13700'], sources: [], body: '13700' }], '137'),
      [],
    );
  });

  it('finds by message and by event reason, best first', () => {
    assert.equal(ids('targetPort')[0], 'targetport-mismatch');
    assert.ok(ids('connection refused').slice(0, 12).includes('readiness-failing-no-ready-endpoints'));
    assert.ok(ids('"0/1 Running"').includes('readiness-failing-no-ready-endpoints'));
  });

  it('wants every word', () => {
    assert.deepEqual(ids('targetPort zebra'), []);
  });

  it('lists all pages for an empty query, by title', () => {
    const titles = searchCases(pages, '').map(({ page }) => page.title);
    assert.equal(titles.length, pages.length);
    assert.deepEqual(titles, [...titles].sort());
  });
});
