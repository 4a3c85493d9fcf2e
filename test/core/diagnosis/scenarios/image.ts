import * as o from '../../../tools/objects.ts';
import type { Scenario } from './scenario.ts';

export const IMAGE = 'Deployment/shop/web spec.template.spec.containers[0].image';
export const web = (reason: string, message: string, image = 'registry.example/shop/web:7', container = {}) =>
  o.deployment('web', {
    container: { image, ...container },
    podOptions: () => ({ states: { app: o.waiting(reason, message) }, status: { phase: 'Pending' } }),
  });

export const PULL =
  'failed to pull and unpack image "registry.example/shop/web:7": failed to resolve image: ';
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
    'Registry registry.example refuses image registry.example/shop/web:7 of Deployment web, which comes without a pull secret.',
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

const secret = () => {
  const made = web('ErrImagePull', `${PULL}pull access denied, repository does not exist`);
  const missing = o.event(
    made.pods[0]!,
    'FailedToRetrieveImagePullSecret',
    'Unable to retrieve some image pull secrets (regcred); attempting to pull the image may not succeed.',
  );
  return { ...made, objects: [...made.all, missing] };
};

/** Each pull error, and the same words in an event of a container that runs. */
export const image: Scenario[] = [
  ...CASES.map(([reason, message, verdict, text]): Scenario => {
    const [mode = '', ...at] = verdict.split(' ');
    const { all, deployment } = web(reason, message);
    const done = o.deployment('web', { container: { image: 'registry.example/shop/web:7' } });
    return {
      mode,
      fires: [{ objects: all, subject: deployment, at: at.join(' '), message: text }],
      silent: [
        { objects: [...done.all, o.event(done.pods[0]!, 'Failed', message)], subject: done.deployment },
      ],
    };
  }),
  {
    mode: 'image-pull-secret-missing',
    fires: [
      {
        objects: secret().objects,
        subject: secret().deployment,
        at: 'Deployment/shop/web spec.template.spec.imagePullSecrets',
        message:
          'Pull secret regcred of Deployment web does not exist in namespace shop; image registry.example/shop/web:7 is pulled without credentials and refused.',
      },
    ],
    silent: [
      {
        objects: web('ErrImagePull', `${PULL}pull access denied, repository does not exist`).all,
        subject: web('ErrImagePull', '').deployment,
      },
    ],
  },
];
