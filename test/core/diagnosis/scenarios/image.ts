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
  // Of a registry elsewhere; the recording registry-refuses is of one on the node itself.
  [
    'ErrImagePull',
    `${PULL}failed to do request: Head "https://registry.example/v2/": dial tcp 192.0.2.7:443: connect: connection refused`,
    `registry-unreachable ${IMAGE}`,
    'Node worker-1 cannot reach registry registry.example for image registry.example/shop/web:7 of Deployment web: dial tcp 192.0.2.7:443: connect: connection refused.',
  ],
  [
    'ErrImagePull',
    `${PULL}failed to do request: Head "https://registry.example/v2/": tls: first record does not look like a TLS handshake`,
    `registry-tls-untrusted ${IMAGE}`,
    'Node worker-1 does not trust registry registry.example for image registry.example/shop/web:7 of Deployment web: tls: first record does not look like a TLS handshake.',
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
];

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
    silent: [
      {
        objects: web('ErrImagePull', `${PULL}pull access denied, repository does not exist`).all,
        subject: web('ErrImagePull', '').deployment,
      },
    ],
  },
];
