import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertHealthy, assertVerdict, chain, ids, run } from '../../tools/diagnosisRun.ts';
import * as o from '../../tools/objects.ts';
import { IMAGE, PULL, web } from './scenarios/image.ts';

test('the event tells the cause when the status has only the back-off', () => {
  const { all, pods, deployment } = web(
    'ImagePullBackOff',
    'Back-off pulling image "registry.example/shop/web:7"',
  );
  const failed = o.event(
    pods[0]!,
    'Failed',
    'Failed to pull image "registry.example/shop/web:7": 401 Unauthorized',
  );
  assertVerdict(run([...all, failed], deployment), `image-pull-unauthorized ${IMAGE}`);
});

test('a pull secret that does not exist explains the refusal', () => {
  const { all, pods, deployment } = web(
    'ErrImagePull',
    `${PULL}pull access denied, repository does not exist`,
  );
  const missing = o.event(
    pods[0]!,
    'FailedToRetrieveImagePullSecret',
    'Unable to retrieve some image pull secrets (regcred); attempting to pull the image may not succeed.',
  );
  const report = run([...all, missing], deployment);
  assertVerdict(
    report,
    'image-pull-secret-missing Deployment/shop/web spec.template.spec.imagePullSecrets',
    'Pull secret regcred of Deployment web does not exist in namespace shop; image registry.example/shop/web:7 is pulled without credentials and refused.',
  );
  assert.deepEqual(chain(report), ['image-pull-unauthorized']);
});

test('a missing pull secret is no fault while the image is there', () => {
  const { all, pods, deployment } = o.deployment('web');
  const missing = o.event(
    pods[0]!,
    'FailedToRetrieveImagePullSecret',
    'Unable to retrieve some image pull secrets (regcred); attempting to pull the image may not succeed.',
  );
  assertHealthy(run([...all, missing], deployment));
});

test('a pull error of an hour ago is history once the container runs', () => {
  const { all, pods, deployment } = o.deployment('web');
  assertHealthy(
    run(
      [...all, o.event(pods[0]!, 'Failed', 'Failed to pull image "shop/web:1": not found', { age: 3000 })],
      deployment,
    ),
  );
});

test('a container that still pulls its image is no fault', () => {
  const { all, deployment } = web('ContainerCreating', '');
  assert.ok(!ids(run(all, deployment)).some((id) => id.startsWith('image-') || id.startsWith('registry-')));
});
