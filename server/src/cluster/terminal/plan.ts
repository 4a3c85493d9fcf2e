/** What opening a terminal would write, shown before it is written. Asks the cluster and changes nothing. */
import { stringify } from 'yaml';
import type { Subject } from '../../core/diagnosis/observed.ts';
import { nodeHints, podHints, type TerminalHint } from '../../core/diagnosis/terminalHints.ts';
import type { KubeObject } from '../../core/kube/object.ts';
import { matchesLabels } from '../../core/kube/selector.ts';
import type { KubeNode, Pod, Service } from '../../core/kube/types.ts';
import { t, translate } from '../../l10n.ts';
import type { Source, TerminalOptions, TerminalPlan } from '../../protocol.ts';
import { missingAccess } from '../access.ts';
import type { KubeClient } from '../client.ts';
import { fail, failureOf, type Purpose } from '../failure.ts';
import { nameSegment, namespaceSegment } from '../names.ts';
import { type ApiResource, resourceOf } from '../resources.ts';
import { addEphemeralContainer, createDebugPod, type EphemeralContainer, ephemeralPatch } from '../writes.ts';
import { ephemeralContainer, LIFETIME_SECONDS, nodePod } from './objects.ts';
import { enforcedLevel, profileWarnings } from './profiles.ts';
import { runningInPod, runningOnNode } from './running.ts';

/** What will be written. */
export type Write =
  | { kind: 'ephemeral'; namespace: string; pod: string; container: EphemeralContainer }
  | { kind: 'node'; namespace: string; node: string; object: KubeObject };

export interface Planned {
  plan: TerminalPlan;
  write: Write;
}

const resource = (kind: string): ApiResource => {
  const found = resourceOf(kind);
  if (!found) throw new Error(`no resource for ${kind}`);
  return found;
};

/** Throws a failure when there is no such pod or node, or when it can take no terminal at all. */
export async function planTerminal(
  client: KubeClient,
  source: Source,
  subject: Subject,
  options: TerminalOptions,
  signal: AbortSignal,
): Promise<Planned> {
  if (subject.kind === 'Node') return planOnNode(client, source, subject.name, options, signal);
  if (subject.kind !== 'Pod')
    throw fail({
      code: 'invalid',
      message: t('A terminal opens in a pod or on a node, not in a {kind}.', { kind: subject.kind }),
    });
  const namespace = subject.namespace ?? source.namespace;
  const pod = (await client.get(resource('Pod'), namespace, nameSegment(subject.name), signal)) as Pod;
  refuseHopeless(pod);
  const container = ephemeralContainer(pod, options);
  const running = runningInPod(pod, container);
  const write: Write = { kind: 'ephemeral', namespace, pod: subject.name, container };
  const purposes: Purpose[] = [
    { verb: 'patch', resource: 'pods/ephemeralcontainers', namespace },
    { verb: 'get', resource: 'pods/attach', namespace },
    { verb: 'create', resource: 'pods/attach', namespace },
  ];
  const [warnings, hints] = await Promise.all([
    warningsFor(client, write, options, purposes, signal),
    hintsFor(client, namespace, pod, signal),
  ]);
  return {
    write,
    plan: {
      source,
      yaml: stringify(ephemeralPatch(container)),
      summary: t(
        'Adds an ephemeral container to pod {pod}. It stays in the status of the pod until the pod is deleted, and ends by itself after {minutes} min.',
        { pod: subject.name, minutes: LIFETIME_SECONDS / 60 },
      ),
      image: options.image,
      profile: options.profile,
      warnings,
      hints,
      ...(running ? { running } : {}),
    },
  };
}

async function planOnNode(
  client: KubeClient,
  source: Source,
  node: string,
  options: TerminalOptions,
  signal: AbortSignal,
): Promise<Planned> {
  const found = (await client.get(resource('Node'), undefined, nameSegment(node), signal)) as KubeNode;
  const namespace = namespaceSegment(source.namespace);
  const object = nodePod(node, namespace, options);
  const write: Write = { kind: 'node', namespace, node, object };
  const purposes: Purpose[] = ['create', 'get', 'watch', 'delete']
    .map((verb): Purpose => ({ verb, resource: 'pods', namespace }))
    .concat([
      { verb: 'get', resource: 'pods/attach', namespace },
      { verb: 'create', resource: 'pods/attach', namespace },
    ]);
  const [warnings, running] = await Promise.all([
    warningsFor(client, write, options, purposes, signal),
    runningOnNode(client, namespace, object as Pod, signal),
  ]);
  return {
    write,
    plan: {
      source,
      yaml: stringify(object),
      summary: t(
        'Creates a pod on node {node} in namespace {namespace}. It is deleted when the terminal closes, and ends by itself after {minutes} min.',
        { node, namespace, minutes: LIFETIME_SECONDS / 60 },
      ),
      image: options.image,
      profile: options.profile,
      warnings: [...notReady(found), ...warnings],
      hints: nodeHints(translate),
      ...(running ? { running } : {}),
    },
  };
}

/** Pods that the API server or the kubelet will not give an ephemeral container to. */
function refuseHopeless({ metadata, spec, status }: Pod): void {
  const { name = '' } = metadata;
  if (status?.phase === 'Succeeded' || status?.phase === 'Failed')
    throw fail({
      code: 'refused',
      message: t('Pod {name} has ended; open the terminal in a pod that runs, or on its node.', { name }),
    });
  const system = spec?.os?.name ?? spec?.nodeSelector?.['kubernetes.io/os'];
  if (system === 'windows')
    throw fail({
      code: 'refused',
      message: t(
        'Pod {name} runs on Windows, where a Linux image does not start; open the terminal in a Linux pod near it.',
        { name },
      ),
    });
  if (metadata.annotations?.['kubernetes.io/config.mirror'])
    throw fail({
      code: 'refused',
      message: t(
        'Pod {name} is a static pod, which takes no ephemeral containers; open the terminal on its node.',
        {
          name,
        },
      ),
    });
}

/** A kubelet that does not answer starts nothing. */
function notReady({ metadata, status }: KubeNode): string[] {
  const ready = status?.conditions?.find(({ type }) => type === 'Ready');
  if (!ready || ready.status === 'True') return [];
  return [
    t('Node {node} is not ready ({reason}); a new pod does not start there until its kubelet answers.', {
      node: metadata.name ?? '',
      reason: ready.reason ?? ready.status,
    }),
  ];
}

async function warningsFor(
  client: KubeClient,
  write: Write,
  options: TerminalOptions,
  purposes: readonly Purpose[],
  signal: AbortSignal,
): Promise<string[]> {
  const { namespace } = write;
  const [missing, labels] = await Promise.all([
    missingAccess(client, purposes, signal),
    client.get(resource('Namespace'), undefined, namespace, signal, true).then(
      ({ metadata }) => metadata.labels,
      // Not being allowed to read the namespace is no reason against the terminal.
      () => undefined,
    ),
  ]);
  const warnings = missing.map(({ verb, resource }) =>
    t('You may not {verb} {resource} in namespace {namespace}; ask for that permission.', {
      verb,
      resource,
      namespace,
    }),
  );
  warnings.push(...profileWarnings(options.profile, enforcedLevel(labels), namespace));
  if (missing.length === 0) warnings.push(...(await refusal(client, write, signal)));
  return warnings;
}

/** What the API server itself says to the object: admission plugins and webhooks included, nothing stored. */
async function refusal(client: KubeClient, write: Write, signal: AbortSignal): Promise<string[]> {
  try {
    if (write.kind === 'ephemeral')
      await addEphemeralContainer(client, write.namespace, write.pod, write.container, {
        signal,
        dryRun: true,
      });
    else await createDebugPod(client, write.object, { signal, dryRun: true });
    return [];
  } catch (error) {
    if (signal.aborted) throw error;
    const { message, detail } = failureOf(error);
    return [t('The API server would refuse it: {words}', { words: detail ?? message })];
  }
}

async function hintsFor(
  client: KubeClient,
  namespace: string,
  pod: Pod,
  signal: AbortSignal,
): Promise<TerminalHint[]> {
  const services = (where: string, labelSelector?: string): Promise<Service[]> =>
    client
      .list(
        resource('Service'),
        { namespace: where, ...(labelSelector ? { labelSelector } : {}) },
        signal,
        500,
      )
      // Hints are a kindness: without the right to list Services there are fewer.
      .then(
        ({ items }) => items as Service[],
        () => [],
      );
  const [own, dns] = await Promise.all([services(namespace), services('kube-system', 'k8s-app=kube-dns')]);
  const selecting = own.filter(({ spec }) => {
    const selector = spec?.selector ?? {};
    return Object.keys(selector).length > 0 && matchesLabels(selector, pod.metadata.labels);
  });
  return podHints(pod, selecting, dns[0]?.spec?.clusterIP, translate);
}
