/** What an active test would do and write, worked out before anybody is asked. Changes nothing. */
import { stringify } from 'yaml';
import { buildScene } from '../../core/diagnosis/buildScene.ts';
import type { Observed, Subject } from '../../core/diagnosis/observed.ts';
import { indexObserved } from '../../core/diagnosis/observedIndex.ts';
import { describeCheck } from '../../core/diagnosis/probeReport.ts';
import type { KubeObject } from '../../core/kube/object.ts';
import type { Pod } from '../../core/kube/types.ts';
import type { ProbePlan, ProbeRefusal } from '../../core/probe/check.ts';
import { planProbe } from '../../core/probe/plan.ts';
import { sayProbe } from '../../core/probe/say.ts';
import { t, translate } from '../../l10n.ts';
import type { ProbeOptions, ProbeProposal } from '../../protocol.ts';
import { missingAccess } from '../access.ts';
import type { KubeClient } from '../client.ts';
import { failureOf, needs, type Purpose } from '../failure.ts';
import { nameSegment } from '../names.ts';
import { type ApiResource, resourceOf } from '../resources.ts';
import { CONTAINER_PREFIX } from '../terminal/objects.ts';
import { enforcedLevel } from '../terminal/profiles.ts';
import { statusOf } from '../terminal/start.ts';
import { addEphemeralContainer, createDebugPod, type EphemeralContainer, ephemeralPatch } from '../writes.ts';
import { IDLE_SECONDS, PROBE_PREFIX, type ProbeProfile, probeContainer, probePod } from './objects.ts';

/** What will be written. `reuse`: nothing, a container of ours is there. */
export type ProbeWrite =
  | { kind: 'reuse'; namespace: string; pod: string; container: string }
  | { kind: 'ephemeral'; namespace: string; pod: string; container: EphemeralContainer }
  | { kind: 'pod'; namespace: string; object: KubeObject };

export interface PreparedProbe {
  plan: Extract<ProbePlan, { kind: 'run' }>;
  write: ProbeWrite;
  proposal: ProbeProposal;
}

export type Preparation =
  | { kind: 'ready'; prepared: PreparedProbe }
  | { kind: 'refused'; refusal: ProbeRefusal; permission?: Purpose };

const resource = (kind: string): ApiResource => {
  const found = resourceOf(kind);
  if (!found) throw new Error(`no resource for ${kind}`);
  return found;
};

/** A container whose sleep ends within a test would take it along. */
const REUSABLE_FOR_MS = (IDLE_SECONDS - 150) * 1000;

/** Plans the test of an observed subject and asks the server, by a dry run, whether it would be let. */
export async function prepareProbe(
  client: KubeClient,
  observed: Observed,
  subject: Subject,
  options: ProbeOptions,
  signal: AbortSignal,
): Promise<Preparation> {
  const plan = planProbe(buildScene(indexObserved(observed), subject), translate);
  if (plan.kind === 'none') return refused('unavailable', plan.reason);
  const isNew = plan.source.kind === 'new';
  const namespace =
    plan.source.kind === 'new' ? plan.source.namespace : (plan.source.pod.namespace ?? 'default');
  const [missing] = await missingAccess(client, purposes(isNew, namespace), signal);
  if (missing)
    return {
      ...refused('forbidden', needs(missing)),
      permission: missing,
    };
  const write =
    plan.source.kind === 'new'
      ? await writable(
          client,
          namespace,
          (profile) => ({
            kind: 'pod',
            namespace,
            object: probePod(namespace, options, profile),
          }),
          signal,
        )
      : await ephemeral(client, namespace, plan.source.pod.name, options, signal);
  if ('refusal' in write) return refused('unavailable', write.refusal);
  return { kind: 'ready', prepared: { plan, write, proposal: proposalOf(client, plan, write, options) } };
}

const refused = (
  reason: ProbeRefusal['reason'],
  detail: string,
): Extract<Preparation, { kind: 'refused' }> => ({
  kind: 'refused',
  refusal: { reason, detail },
});

const purposes = (isNew: boolean, namespace: string): Purpose[] =>
  [
    ...(isNew
      ? (['create', 'get', 'delete'] as const).map((verb) => ({ verb, resource: 'pods' }))
      : [{ verb: 'patch', resource: 'pods/ephemeralcontainers' }]),
    { verb: 'get', resource: 'pods/exec' },
    { verb: 'create', resource: 'pods/exec' },
  ].map((purpose) => ({ ...purpose, namespace }));

/** A container of ours that still runs in the pod, else a new one. */
async function ephemeral(
  client: KubeClient,
  namespace: string,
  name: string,
  options: ProbeOptions,
  signal: AbortSignal,
): Promise<ProbeWrite | { refusal: string }> {
  const pod = (await client.get(resource('Pod'), namespace, nameSegment(name), signal)) as Pod;
  const own = (pod.spec?.ephemeralContainers ?? []).find((container) =>
    isReusable(client, pod, container, options),
  );
  if (own?.name) return { kind: 'reuse', namespace, pod: name, container: own.name };
  return writable(
    client,
    namespace,
    (profile) => ({ kind: 'ephemeral', namespace, pod: name, container: probeContainer(options, profile) }),
    signal,
  );
}

function isReusable(
  client: KubeClient,
  pod: Pod,
  { name = '', image }: EphemeralContainer,
  options: ProbeOptions,
): boolean {
  const isOurs = name.startsWith(PROBE_PREFIX) || name.startsWith(CONTAINER_PREFIX);
  const running = statusOf(pod, name)?.state?.running;
  if (!isOurs || !running || image !== options.image) return false;
  return !(client.now() - Date.parse(running.startedAt ?? '') > REUSABLE_FOR_MS);
}

/** The write in the strongest profile that the namespace lets pass, tried with the server itself. */
async function writable(
  client: KubeClient,
  namespace: string,
  make: (profile: ProbeProfile) => ProbeWrite,
  signal: AbortSignal,
): Promise<ProbeWrite | { refusal: string }> {
  const labels = await client.get(resource('Namespace'), undefined, namespace, signal, true).then(
    ({ metadata }) => metadata.labels,
    // Not being allowed to read the namespace is no reason against the test.
    () => undefined,
  );
  const profiles: ProbeProfile[] =
    enforcedLevel(labels) === 'restricted' ? ['restricted'] : ['baseline', 'restricted'];
  let words = '';
  for (const profile of profiles) {
    const write = make(profile);
    try {
      if (write.kind === 'ephemeral')
        await addEphemeralContainer(client, namespace, write.pod, write.container, { signal, dryRun: true });
      else if (write.kind === 'pod') await createDebugPod(client, write.object, { signal, dryRun: true });
      return write;
    } catch (error) {
      if (signal.aborted) throw error;
      const { message, detail } = failureOf(error);
      words ||= detail ?? message;
    }
  }
  return { refusal: t('The API server would refuse it: {words}', { words }) };
}

function proposalOf(
  client: KubeClient,
  plan: PreparedProbe['plan'],
  write: ProbeWrite,
  { image }: ProbeOptions,
): ProbeProposal {
  const say = sayProbe(translate);
  const { namespace } = write;
  const base = {
    context: client.connection.context,
    namespace,
    image,
    tests: [say('reads'), ...plan.checks.map((check) => describeCheck({ check }, say))],
  };
  switch (write.kind) {
    case 'reuse':
      return {
        ...base,
        object: `Pod/${namespace}/${write.pod}`,
        yaml: '',
        summary: t(
          'Runs in container {container} of pod {pod}, which is there already; nothing is written.',
          {
            container: write.container,
            pod: write.pod,
          },
        ),
      };
    case 'ephemeral':
      return {
        ...base,
        object: `Pod/${namespace}/${write.pod}`,
        yaml: stringify(ephemeralPatch(write.container)),
        summary: t(
          'Adds ephemeral container {container} to pod {pod}. It stays in the status of the pod until the pod is deleted; it sleeps for {minutes} min, so that the next test needs no other, and ends.',
          { container: write.container.name, pod: write.pod, minutes: IDLE_SECONDS / 60 },
        ),
      };
    case 'pod': {
      const { name } = write.object.metadata;
      return {
        ...base,
        object: `Pod/${namespace}/${name}`,
        yaml: stringify(write.object),
        summary: t('Creates pod {pod} in namespace {namespace} and deletes it after the test.', {
          pod: name,
          namespace,
        }),
      };
    }
  }
}
