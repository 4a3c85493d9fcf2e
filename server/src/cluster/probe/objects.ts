/** The objects behind an active test: an ephemeral container in the pod that tests, or a pod made for the test. */
import { randomInt } from 'node:crypto';
import type { KubeObject } from '../../core/kube/object.ts';
import type { ContainerSecurity } from '../../core/kube/types.ts';
import type { ProbeOptions } from '../../protocol.ts';
import { containerSecurity } from '../terminal/profiles.ts';
import { type EphemeralContainer, SESSION_VARIABLE } from '../writes.ts';

export const PROBE_PREFIX = 'probe-';
/** The container of a pod made for the test. */
export const PROBE_CONTAINER = 'probe';
export const PROBE_LABELS = {
  'app.kubernetes.io/managed-by': 'pod-triage',
  'app.kubernetes.io/component': 'active-test',
} as const;

/** The container sleeps between tests, so that the next one needs no other: they can never be removed from a pod. */
export const IDLE_SECONDS = 600;
/** A pod that nobody was left to delete ends after this. */
export const POD_SECONDS = 300;

/** Process 1 cannot be ended from inside its container: the sleep is its child, and its end is the container's. */
const sleep = (seconds: number): string[] => ['/bin/sh', '-c', `/bin/sh -c 'exec sleep ${seconds}'; exit 0`];

const ALPHABET = 'bcdfghjklmnpqrstvwxz2456789';
const suffix = (): string =>
  Array.from({ length: 5 }, () => ALPHABET[randomInt(ALPHABET.length)] ?? 'x').join('');

/** What a test may do: nothing but what every container may. Pod Security decides between the two. */
export type ProbeProfile = 'baseline' | 'restricted';

const security = (profile: ProbeProfile): ContainerSecurity | undefined => containerSecurity(profile);

/** Without a target container: the test shares the network of the pod and sees none of its processes. */
export const probeContainer = (
  { image, pullPolicy }: ProbeOptions,
  profile: ProbeProfile,
): EphemeralContainer => {
  const name = PROBE_PREFIX + suffix();
  const context = security(profile);
  return {
    name,
    image,
    imagePullPolicy: pullPolicy,
    command: sleep(IDLE_SECONDS),
    env: [{ name: SESSION_VARIABLE, value: name }],
    ...(context ? { securityContext: context } : {}),
  };
};

/** Small requests and limits: a namespace with a quota refuses pods without them. */
export function probePod(
  namespace: string,
  { image, pullPolicy }: ProbeOptions,
  profile: ProbeProfile,
): KubeObject {
  const name = `pod-triage-${PROBE_PREFIX}${suffix()}`;
  const context = security(profile);
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace, labels: { ...PROBE_LABELS } },
    spec: {
      restartPolicy: 'Never',
      activeDeadlineSeconds: POD_SECONDS,
      terminationGracePeriodSeconds: 0,
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      containers: [
        {
          name: PROBE_CONTAINER,
          image,
          imagePullPolicy: pullPolicy,
          command: sleep(POD_SECONDS),
          env: [{ name: SESSION_VARIABLE, value: name }],
          resources: {
            requests: { cpu: '10m', memory: '32Mi' },
            limits: { cpu: '200m', memory: '128Mi' },
          },
          ...(context ? { securityContext: context } : {}),
        },
      ],
    },
  } as KubeObject;
}
