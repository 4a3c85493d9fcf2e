import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertHealthy, assertVerdict, chain, ids, run } from '../../tools/diagnosisRun.ts';
import * as o from '../../tools/objects.ts';

const IMAGE = 'Deployment/shop/web spec.template.spec.containers[0].image';
const web = (reason: string, message: string, image = 'registry.example/shop/web:7', container = {}) =>
  o.deployment('web', {
    container: { image, ...container },
    podOptions: () => ({ states: { app: o.waiting(reason, message) }, status: { phase: 'Pending' } }),
  });

const PULL = 'failed to pull and unpack image "registry.example/shop/web:7": failed to resolve image: ';
const CASES: [reason: string, message: string, verdict: string, text: string][] = [
  [
    'ImagePullBackOff',
    `Back-off pulling image "registry.example/shop/web:7": ErrImagePull: rpc error: code = NotFound desc = ${PULL}registry.example/shop/web:7: not found`,
    `image-not-found ${IMAGE}`,
    'Image registry.example/shop/web:7 of container app in Deployment web does not exist in registry registry.example.',
  ],
  [
    'ErrImagePull',
    `${PULL}pull access denied, repository does not exist or may require authorization: authorization failed: no basic auth credentials`,
    `image-pull-unauthorized ${IMAGE}`,
    'Registry registry.example refuses image registry.example/shop/web:7 of Deployment web; pull secrets given: 0.',
  ],
  [
    'ErrImagePull',
    `${PULL}unexpected status from HEAD request to http://registry.example/v2/shop/web/manifests/7?ns=registry.example: 429 Too Many Requests`,
    `registry-rate-limited ${IMAGE}`,
    'Registry registry.example answers 429 for image registry.example/shop/web:7 of Deployment web: its pull limit is used up.',
  ],
  [
    'ErrImagePull',
    `${PULL}failed to do request: Head "https://registry.example/v2/": dial tcp: lookup registry.example on 10.0.0.2:53: no such host`,
    `registry-dns-failure ${IMAGE}`,
    "Node worker-1's own resolver does not find registry registry.example for image registry.example/shop/web:7 of Deployment web.",
  ],
  [
    'ErrImagePull',
    `${PULL}failed to do request: Head "https://registry.example/v2/": dial tcp 10.0.0.9:443: connect: connection refused`,
    `registry-unreachable ${IMAGE}`,
    'Node worker-1 cannot reach registry registry.example for image registry.example/shop/web:7 of Deployment web: dial tcp 10.0.0.9:443: connect: connection refused.',
  ],
  [
    'ErrImagePull',
    `${PULL}failed to do request: Head "https://registry.example/v2/": tls: first record does not look like a TLS handshake`,
    `registry-tls-untrusted ${IMAGE}`,
    'Node worker-1 does not trust registry registry.example for image registry.example/shop/web:7 of Deployment web: tls: first record does not look like a TLS handshake.',
  ],
  [
    'ErrImagePull',
    'no match for platform in manifest: not found',
    `image-platform-mismatch ${IMAGE}`,
    'Image registry.example/shop/web:7 of Deployment web has no variant for the architecture of node worker-1 (amd64).',
  ],
  [
    'ErrImagePull',
    'failed to extract layer sha256:1: write /usr/lib: no space left on device',
    `image-unpack-disk-full ${IMAGE}`,
    'Node worker-1 has no room to unpack image registry.example/shop/web:7 of Deployment web.',
  ],
  [
    'ErrImagePull',
    'pull QPS exceeded',
    `image-pull-qps-exceeded ${IMAGE}`,
    'The kubelet of node worker-1 pulls no more images for now (registryPullQPS); image registry.example/shop/web:7 of Deployment web waits.',
  ],
  [
    'ErrImageNeverPull',
    'Container image "registry.example/shop/web:7" is not present with pull policy of Never',
    `image-never-pull-absent ${IMAGE}`,
    'Image registry.example/shop/web:7 is not on node worker-1 and imagePullPolicy Never keeps container app of Deployment web from pulling it.',
  ],
  [
    'InvalidImageName',
    `Failed to apply default image tag "registry.example/shop/web:7": couldn't parse image name "registry.example/shop/web:7": invalid reference format: repository name (Shop) must be lowercase`,
    `image-name-invalid ${IMAGE}`,
    'Image registry.example/shop/web:7 of container app in Deployment web is no valid reference: invalid reference format: repository name (Shop) must be lowercase.',
  ],
];

for (const [reason, message, verdict, text] of CASES)
  test(`an image that is not pulled: ${verdict.split(' ')[0]}`, () => {
    const { all, deployment } = web(reason, message);
    assertVerdict(run(all, deployment), verdict, text);
  });

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
