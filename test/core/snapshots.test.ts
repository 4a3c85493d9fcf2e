/** What must never be in a committed snapshot: secrets, and names and addresses of the machine it was taken on. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { hostname, userInfo } from 'node:os';
import { extname, join, relative } from 'node:path';
import { describe, test } from 'node:test';
import type { KubeObject } from '../../server/src/core/kube/object.ts';
import { objectsInJson, objectsInYaml } from '../../server/src/snapshot/objects.ts';
import { ROOT } from '../tools/paths.ts';
import { RECORDINGS, recordedIds } from '../tools/recordings.ts';

const FOLDERS = [join(ROOT, 'test', 'demo', 'snapshot'), ...recordedIds().map((id) => join(RECORDINGS, id))];

/** A fault weighs what its diagnosis reads; all of them together stay a small part of the checkout. */
const MAX_FOLDER_BYTES = 64 * 1024;
const MAX_TOTAL_BYTES = 6 * 1024 * 1024;

const filesOf = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((file) => statSync(file).isFile());

/** What a text gives away, one line each. Empty: nothing. */
function leaks(text: string): string[] {
  return [
    ...(text.match(/\beyJ[\w-]{8,}\.eyJ[\w-]{8,}/g) ?? []).map(() => 'a token'),
    ...(text.match(/\bBearer\s+(?!\$)[\w.~+/-]{16,}/g) ?? []).map(() => 'a bearer token'),
    ...(text.match(/\b(?:AKIA[A-Z0-9]{16}|gh[pousr]_[A-Za-z0-9]{30,})/g) ?? []).map(() => 'an access key'),
    ...[text, ...decoded(text)]
      .filter((part) => /-----BEGIN [A-Z ]*PRIVATE KEY/.test(part))
      .map(() => 'a private key'),
    ...(text.match(/(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?![\d.]*\d)/g) ?? [])
      .filter((address) => !isPrivate(address))
      .map((address) => `address ${address}`),
    ...(text.match(/\/(?:home|Users)\/[\w.-]+|\/root\/[\w.-]+/g) ?? []).map((path) => `path ${path}`),
    ...own()
      .filter((word) => new RegExp(`(?<![\\w-])${word}(?![\\w-])`).test(text))
      .map((word) => `name ${word}`),
  ];
}

/** PEM in base64, as caBundle and kubeconfigs have it. */
const decoded = (text: string): string[] =>
  (text.match(/\bLS0tLS1CRUdJTi[A-Za-z0-9+/=]+/g) ?? []).map((part) =>
    Buffer.from(part, 'base64').toString(),
  );

/** RFC 1918, loopback, link-local, unspecified, netmasks, and the blocks for examples (RFC 5737). */
function isPrivate(address: string): boolean {
  const [a = 0, b = 0, c = 0] = address.split('.').map(Number);
  if (a === 10 || a === 127 || a === 0 || a >= 224) return true;
  if (a === 172) return b >= 16 && b < 32;
  if (a === 169) return b === 254;
  if (a === 198) return b === 51 && c === 100;
  if (a === 203) return b === 0 && c === 113;
  return a === 192 && (b === 168 || (b === 0 && c === 2));
}

/** The machine's name and the user's, unless they are words that a cluster uses too. */
const own = (): string[] => {
  const words = [hostname(), userInfo().username];
  return words.filter((word) => word !== '' && !['root', 'localhost', 'node', 'user'].includes(word));
};

describe('committed snapshots', () => {
  for (const folder of FOLDERS)
    test(`${relative(ROOT, folder)} gives nothing away`, () => {
      for (const file of filesOf(folder)) {
        const text = readFileSync(file, 'utf8');
        assert.deepEqual(leaks(text), [], relative(ROOT, file));
        assert.doesNotMatch(text, /\bmanagedFields:|"managedFields"/);
      }
    });

  for (const folder of FOLDERS)
    test(`${relative(ROOT, folder)} names Secrets and has no values of theirs`, () => {
      // Read as written: the reader of snapshots would blank them.
      for (const file of filesOf(folder)) {
        const read = { '.yaml': objectsInYaml, '.json': objectsInJson }[extname(file)];
        for (const object of read?.(readFileSync(file, 'utf8')).objects ?? [])
          if (object.kind === 'Secret') {
            const { data, stringData } = object as KubeObject & Record<string, object | undefined>;
            assert.equal(Object.values({ ...data, ...stringData }).join(''), '', relative(ROOT, file));
          }
      }
    });

  test('are small', () => {
    const sizes = recordedIds().map((id) =>
      filesOf(join(RECORDINGS, id)).reduce((sum, file) => sum + statSync(file).size, 0),
    );
    assert.ok(Math.max(...sizes) <= MAX_FOLDER_BYTES, `the largest has ${Math.max(...sizes)} bytes`);
    const total = sizes.reduce((sum, size) => sum + size, 0);
    assert.ok(total <= MAX_TOTAL_BYTES, `all together have ${total} bytes`);
  });
});

test('what leaks is seen', () => {
  const pem = '-----BEGIN RSA PRIVATE KEY-----\nAAAA\n';
  assert.deepEqual(leaks(pem), ['a private key']);
  assert.deepEqual(leaks(`caBundle: ${Buffer.from(pem).toString('base64')}`), ['a private key']);
  assert.deepEqual(leaks('token: eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJrdWJlIn0.c2ln'), ['a token']);
  assert.deepEqual(leaks('Authorization: Bearer 0123456789abcdef0123'), ['a bearer token']);
  assert.deepEqual(leaks('-H "Authorization: Bearer $(cat $at/token)"'), []);
  assert.deepEqual(leaks('dial tcp 8.8.8.8:53: i/o timeout'), ['address 8.8.8.8']);
  assert.deepEqual(leaks('10.96.0.10 172.20.1.1 192.168.1.1 127.0.0.1 203.0.113.7 v1.36.3'), []);
  assert.deepEqual(leaks('open /home/jane/.kube/config'), ['path /home/jane']);
});
