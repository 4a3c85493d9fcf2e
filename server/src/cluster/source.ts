/** A source as its readers see it: the same questions to a cluster and to a snapshot. */

import type { Observed, Subject } from '../core/diagnosis/observed.ts';
import { isClusterScoped, type KubeObject } from '../core/kube/object.ts';
import { t } from '../l10n.ts';
import { gapsOfSubject, type Snapshot } from '../snapshot/read.ts';
import type { KubeClient } from './client.ts';
import { type CollectOptions, collect } from './collect.ts';
import { fail } from './failure.ts';
import { nameSegment } from './names.ts';
import { type ApiResource, resourceOf } from './resources.ts';

export interface OneLog {
  namespace: string;
  pod: string;
  container: string;
  previous: boolean;
  tail: number;
  sinceSeconds?: number | undefined;
  timestamps?: boolean;
}

export interface SourceReader {
  /** The source's clock, RFC 3339. */
  now(): string;
  namespaces(signal: AbortSignal): Promise<string[]>;
  list(kind: string, namespace: string, signal: AbortSignal): Promise<KubeObject[]>;
  get(subject: Subject, signal: AbortSignal): Promise<KubeObject>;
  events(subject: Subject, signal: AbortSignal): Promise<KubeObject[]>;
  /** A live cluster puts the time before each line when it is asked to; a snapshot has none. */
  log(log: OneLog, signal: AbortSignal): Promise<string>;
  observe(subject: Subject, options: CollectOptions): Promise<Observed>;
}

function known(kind: string): ApiResource {
  const resource = resourceOf(kind);
  if (resource) return resource;
  throw fail({ code: 'invalid', message: t('Pod Triage does not read objects of kind {kind}.', { kind }) });
}

const namespaceFor = (resource: ApiResource, namespace: string | undefined): string | undefined =>
  resource.namespaced ? (namespace ?? 'default') : undefined;

export const clusterReader = (client: KubeClient): SourceReader => ({
  now: () => new Date(client.now()).toISOString(),
  namespaces: async (signal) => {
    const { items } = await client.list(known('Namespace'), { metadataOnly: true }, signal);
    return items.map(({ metadata }) => metadata.name ?? '').sort();
  },
  list: async (kind, namespace, signal) => {
    const resource = known(kind);
    const selection = { namespace: namespaceFor(resource, namespace), metadataOnly: kind === 'Secret' };
    return (await client.list(resource, selection, signal)).items;
  },
  get: ({ kind, namespace, name }, signal) => {
    const resource = known(kind);
    return client.get(
      resource,
      namespaceFor(resource, namespace),
      nameSegment(name),
      signal,
      kind === 'Secret',
    );
  },
  events: async ({ kind, namespace, name }, signal) => {
    const fieldSelector = `involvedObject.kind=${known(kind).kind},involvedObject.name=${nameSegment(name)}`;
    // Events of cluster-scoped objects are written to the default namespace.
    const where = isClusterScoped(kind) ? 'default' : (namespace ?? 'default');
    return (await client.list(known('Event'), { namespace: where, fieldSelector }, signal)).items;
  },
  log: ({ namespace, pod, container, ...options }, signal) =>
    client.logs(namespace, pod, container, { ...options, limitBytes: 4 * 1024 * 1024 }, signal),
  observe: (subject, options) => collect(client, subject, options),
});

export function snapshotReader(snapshot: Snapshot): SourceReader {
  const matches = ({ metadata }: KubeObject, kind: string, namespace: string | undefined): boolean =>
    isClusterScoped(kind) || (metadata.namespace ?? 'default') === (namespace ?? 'default');
  const missing = (what: string): Error =>
    fail({ code: 'not-found', message: t('The snapshot does not hold {what}.', { what }) });
  return {
    now: () => snapshot.now,
    namespaces: () => {
      // Of the others a snapshot holds a pod or two: what shares a node with the subject.
      const read = snapshot.notes.collected?.namespaces;
      if (read && read.length > 0) return Promise.resolve([...read].sort());
      const names = snapshot.objects.map(({ kind, metadata }) =>
        kind === 'Namespace' ? metadata.name : metadata.namespace,
      );
      return Promise.resolve([...new Set(names.filter((name): name is string => Boolean(name)))].sort());
    },
    list: (kind, namespace) =>
      Promise.resolve(
        snapshot.objects.filter((object) => object.kind === kind && matches(object, kind, namespace)),
      ),
    get: async ({ kind, namespace, name }) => {
      const found = snapshot.objects.find(
        (object) => object.kind === kind && object.metadata.name === name && matches(object, kind, namespace),
      );
      if (!found) throw missing(`${kind} ${name}`);
      return found;
    },
    events: ({ kind, namespace, name }) =>
      Promise.resolve(
        snapshot.objects.filter((object) => {
          if (object.kind !== 'Event') return false;
          const { involvedObject, regarding } = object as KubeObject & Record<string, Subject | undefined>;
          const about = involvedObject ?? regarding;
          return (
            about?.kind === kind &&
            about.name === name &&
            (isClusterScoped(kind) || (about.namespace ?? 'default') === (namespace ?? 'default'))
          );
        }),
      ),
    log: async ({ namespace, pod, container, previous, tail }) => {
      const found = snapshot.logs.find(
        (log) =>
          log.namespace === namespace &&
          log.pod === pod &&
          log.container === container &&
          log.previous === previous,
      );
      if (!found) throw missing(t('the log of {container} in {pod}', { container, pod }));
      return found.text
        .split('\n')
        .slice(-tail - 1)
        .join('\n');
    },
    observe: (subject) =>
      Promise.resolve({ ...snapshot, gaps: [...snapshot.gaps, ...gapsOfSubject(snapshot, subject)] }),
  };
}
