import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type ImageProblem,
  imageProblem,
  pullPolicyOf,
  splitImage,
} from '../../../server/src/core/kube/image.ts';

const SHA = `sha256:${'a1'.repeat(32)}`;

const PARTS: [string, ReturnType<typeof splitImage>][] = [
  ['nginx', { repository: 'nginx' }],
  ['nginx:1.27', { repository: 'nginx', tag: '1.27' }],
  ['team/app', { repository: 'team/app' }],
  ['registry:5000/app', { registry: 'registry:5000', repository: 'app' }],
  ['registry:5000/app:1', { registry: 'registry:5000', repository: 'app', tag: '1' }],
  ['localhost/app:1', { registry: 'localhost', repository: 'app', tag: '1' }],
  [`quay.io/team/app:1@${SHA}`, { registry: 'quay.io', repository: 'team/app', tag: '1', digest: SHA }],
  [`app@${SHA}`, { repository: 'app', digest: SHA }],
  ['app:', { repository: 'app', tag: '' }],
];
for (const [image, parts] of PARTS)
  test(`parts of ${image}`, () => assert.deepEqual(splitImage(image), parts));

const PROBLEMS: [string, ImageProblem | undefined][] = [
  ['nginx', undefined],
  ['registry:5000/a/b-c_d.e:v1.2-rc_1', undefined],
  ['[fd00::1]:5000/app:1', undefined],
  [`app@${SHA}`, undefined],
  [`app:1@${SHA}`, undefined],
  ['', 'empty'],
  ['nginx :1', 'blank'],
  ['https://quay.io/app:1', 'scheme'],
  ['Nginx:1', 'upperCase'],
  ['quay.io/Team/app', 'upperCase'],
  ['QUAY.io/team/app', undefined],
  ['app:', 'tag'],
  ['app:1:2', 'tag'],
  ['app:-x', 'tag'],
  ['app@', 'digest'],
  ['app@sha256:abc', 'digest'],
  [`app@${SHA.toUpperCase()}`, 'digest'],
  ['team//app', 'repository'],
  ['app_', 'repository'],
  ['quay.io:port/app', 'registry'],
  [`a.io/${'b'.repeat(256)}`, 'tooLong'],
  ['$IMAGE', 'repository'],
];
for (const [image, problem] of PROBLEMS)
  test(`${image || 'nothing'} is ${problem ?? 'sound'}`, () => assert.equal(imageProblem(image), problem));

test('an absent pull policy means Always for latest and IfNotPresent for the rest', () => {
  assert.equal(pullPolicyOf({ image: 'nginx' }), 'Always');
  assert.equal(pullPolicyOf({ image: 'registry:5000/nginx' }), 'Always');
  assert.equal(pullPolicyOf({ image: 'nginx:latest' }), 'Always');
  assert.equal(pullPolicyOf({ image: 'nginx:1' }), 'IfNotPresent');
  assert.equal(pullPolicyOf({ image: `nginx@${SHA}` }), 'IfNotPresent');
  assert.equal(pullPolicyOf({ image: 'nginx', imagePullPolicy: 'Never' }), 'Never');
});
