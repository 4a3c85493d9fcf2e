/** Whole answers, kept as files: a change of wording, order or evidence shows in their diff. UPDATE=1 rewrites them. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { DiagnosisReport } from '../../../server/src/core/diagnosis/report.ts';
import { run } from '../../tools/diagnosisRun.ts';
import * as o from '../../tools/objects.ts';
import { scenarios } from './scenarios/index.ts';

const folder = join(import.meta.dirname, 'golden');

function golden(name: string, report: DiagnosisReport): void {
  const file = join(folder, `${name}.json`);
  const text = `${JSON.stringify(report, null, 2)}\n`;
  if (process.env.UPDATE) writeFileSync(file, text);
  assert.deepEqual(report, JSON.parse(readFileSync(file, 'utf8')));
}

const scenario = (mode: string): DiagnosisReport => {
  const found = scenarios.find((entry) => entry.mode === mode)?.fires[0];
  assert.ok(found);
  return run(found.objects, found.subject, found.extra);
};

for (const mode of [
  'resource-quota-exceeded',
  'image-not-found',
  'insufficient-cpu',
  'oom-killed-main',
  'readiness-connection-refused',
  'netpol-egress-dns-blocked',
  'service-selector-no-match',
])
  test(`the whole answer of ${mode}`, () => golden(mode, scenario(mode)));

test('the whole answer about a healthy Service', () => {
  const web = o.deployment('web', {
    replicas: 2,
    container: { ports: [{ name: 'http', containerPort: 8080 }] },
  });
  const service = o.service('web', { ports: [{ port: 80, targetPort: 'http' }] });
  golden('healthy-service', run([...web.all, service, o.slice(service, web.pods)], service));
});
