/** A credential plugin that waits for a person: the terminal shows what it says while it does. */
import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, it } from 'node:test';
import type { CliIO } from '../../server/src/cli/io.ts';
import { clusterCommands } from '../../server/src/cluster/entry.ts';
import { startApi } from '../cluster-unit/lib/api.ts';
import { objectsApi } from '../cluster-unit/lib/objectsApi.ts';
import { frame } from '../tools/diagnosisRun.ts';
import { ROOT } from '../tools/paths.ts';

const cwd = mkdtempSync(join(tmpdir(), 'pod-triage-plugin-'));
after(() => rmSync(cwd, { recursive: true }));

it('shows what a plugin says before it answers, without what would move the cursor', async (context) => {
  const read = objectsApi(frame());
  const api = await startApi((request, response, url) => {
    assert.equal(request.headers.authorization, 'Bearer signed-in');
    return read(request, response, url);
  });
  context.after(() => api.close());
  const helper = join(cwd, 'helper');
  const signedIn = join(cwd, 'signed-in');
  const answer = {
    apiVersion: 'client.authentication.k8s.io/v1',
    kind: 'ExecCredential',
    status: { token: 'signed-in' },
  };
  writeFileSync(
    helper,
    `#!/bin/sh
printf 'open https://device.test\\033[2J and enter 12\\n' >&2
until [ -e ${signedIn} ]; do sleep 0.05; done
echo '${JSON.stringify(answer)}'
`,
  );
  chmodSync(helper, 0o755);
  writeFileSync(
    join(cwd, 'config'),
    JSON.stringify({
      'current-context': 'shop',
      clusters: [{ name: 'c', cluster: { server: api.url } }],
      users: [
        {
          name: 'u',
          user: { exec: { apiVersion: answer.apiVersion, command: helper, interactiveMode: 'Never' } },
        },
      ],
      contexts: [{ name: 'shop', context: { cluster: 'c', user: 'u', namespace: 'shop' } }],
    }),
  );
  const said: string[] = [];
  const io: CliIO = {
    out: () => {},
    err: (text) => {
      said.push(text);
      // The person has read it, and signs in.
      if (text.includes('device.test')) writeFileSync(signedIn, '');
    },
    cwd,
    env: {},
    root: ROOT,
    readStdin: async () => '',
  };
  assert.equal(await clusterCommands.scan(['-n', 'shop', '--kubeconfig', 'config'], io), 0);
  assert.match(
    said[0] ?? '',
    /^pod-triage: Credential plugin \S+helper has not answered yet; it may wait for a sign-in\.$/,
  );
  assert.match(said[1] ?? '', /^ {2}open https:\/\/device\.test.*and enter 12$/);
  assert.ok(!said.join('').includes('\u001b'));
});
