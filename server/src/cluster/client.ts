/** Typed reads of an API server: lists, objects, watches, logs. */
import { isLostLog } from '../core/kube/lostLog.ts';
import type { KubeObject } from '../core/kube/object.ts';
import { t } from '../l10n.ts';
import { pathTo, purposeOf } from './address.ts';
import { linesOf, parseJson } from './answer.ts';
import { Expired, fail, fromNetwork, fromStatus, lostLog } from './failure.ts';
import { containerName, namespaceSegment, pathSegment } from './names.ts';
import type { ApiResource } from './resources.ts';
import { slim } from './slim.ts';
import { Transport } from './transport.ts';

export interface Selection {
  namespace?: string | undefined;
  labelSelector?: string;
  fieldSelector?: string;
  /** Names, labels and owners only; how the existence of a Secret is known without its values. */
  metadataOnly?: boolean;
}

export interface Listed {
  items: KubeObject[];
  resourceVersion: string;
  /** Objects that were left out because of the cap; `Infinity` where the server does not count a selection's. */
  left: number;
}

export type WatchEvent =
  | { type: 'ADDED' | 'MODIFIED' | 'DELETED'; object: KubeObject }
  | { type: 'BOOKMARK'; resourceVersion: string };

const PAGE = 500;
/** A namespace with more objects of a kind than this is read in part, and the rest is named as not read. */
const MAX_ITEMS = 20_000;
const MAX_RETRIES = 2;
const KEEP_ALIVE_MS = 30_000;
const MAX_LOG_LINE = 256 * 1024;

const METADATA_LIST = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1';
const METADATA = 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1';

export class KubeClient extends Transport {
  async serverVersion(signal: AbortSignal): Promise<string> {
    const purpose = { verb: 'get', resource: '/version' };
    const { gitVersion } = await this.json<{ gitVersion?: string }>({
      method: 'GET',
      path: '/version',
      purpose,
      signal,
    });
    return gitVersion ?? '';
  }

  /** Reads all pages of a list, up to `max` objects. Throws a failure, never an incomplete list without saying so. */
  async list(
    resource: ApiResource,
    selection: Selection,
    signal: AbortSignal,
    max = MAX_ITEMS,
  ): Promise<Listed> {
    for (let attempt = 1; ; attempt++) {
      const items: KubeObject[] = [];
      let last: Omit<Listed, 'items'> = { resourceVersion: '', left: 0 };
      try {
        for await (const { items: some, ...rest } of this.pages(resource, selection, signal, max)) {
          for (const item of some) items.push(item);
          last = rest;
        }
        return { items, ...last };
      } catch (error) {
        // The continue token outlived its snapshot: once more from the start.
        if (!(error instanceof Expired) || attempt > MAX_RETRIES) throw expiredToFailure(error);
      }
    }
  }

  /**
   * The pages of a list, one held at a time. `resourceVersion` is the same in all; `left` counts what comes after the
   * page and, in the last one, what the cap left out. Throws `Expired` when the pages took longer than the server
   * remembers.
   */
  async *pages(
    resource: ApiResource,
    selection: Selection,
    signal: AbortSignal,
    max = MAX_ITEMS,
  ): AsyncGenerator<Listed> {
    let token: string | undefined;
    let count = 0;
    do {
      const page = await this.json<RawList>({
        method: 'GET',
        path: pathTo(resource, selection.namespace),
        query: { ...selectors(selection), limit: String(Math.min(PAGE, max)), continue: token },
        accept: selection.metadataOnly ? METADATA_LIST : 'application/json',
        purpose: purposeOf('list', resource, selection.namespace),
        signal,
      });
      const {
        resourceVersion = '',
        continue: next,
        remainingItemCount = Number.POSITIVE_INFINITY,
      } = page.metadata ?? {};
      const items = (page.items ?? []).map((item) => slim(item, resource));
      token = next || undefined;
      count += items.length;
      yield { items, resourceVersion, left: token === undefined ? 0 : remainingItemCount };
    } while (token !== undefined && count < max);
  }

  /** How many objects a list without selectors would have: one small request. */
  async count(resource: ApiResource, namespace: string | undefined, signal: AbortSignal): Promise<number> {
    const selection = { namespace, metadataOnly: true };
    for await (const { items, left } of this.pages(resource, selection, signal, 1))
      return items.length + left;
    return 0;
  }

  /** One object. Throws `not-found` when it is not there. */
  async get(
    resource: ApiResource,
    namespace: string | undefined,
    name: string,
    signal: AbortSignal,
    metadataOnly = false,
  ): Promise<KubeObject> {
    const object = await this.json<KubeObject>({
      method: 'GET',
      path: `${pathTo(resource, namespace)}/${pathSegment(name)}`,
      accept: metadataOnly ? METADATA : 'application/json',
      purpose: purposeOf('get', resource, namespace),
      signal,
    });
    return slim(object, resource);
  }

  /** Changes after `resourceVersion`, until the server ends the watch. Throws `Expired` on 410. */
  async *watch(
    resource: ApiResource,
    selection: Selection,
    resourceVersion: string,
    signal: AbortSignal,
    timeoutSeconds = 240,
  ): AsyncGenerator<WatchEvent> {
    const response = await this.open({
      method: 'GET',
      path: pathTo(resource, selection.namespace),
      query: {
        ...selectors(selection),
        watch: 'true',
        allowWatchBookmarks: 'true',
        resourceVersion,
        timeoutSeconds: String(timeoutSeconds),
      },
      purpose: purposeOf('watch', resource, selection.namespace),
      signal,
    });
    // A server that dies without closing the connection sends nothing: the socket's own limit ends it.
    response.socket.setTimeout((timeoutSeconds + 15) * 1000, () => response.destroy());
    try {
      for await (const line of linesOf(response)) {
        const event = parseJson<RawEvent>(line, this.connection.server);
        if (event.type === 'ERROR') {
          const status = event.object as unknown as { code?: number };
          throw fromStatus(
            status.code ?? 500,
            line,
            this.connection.server.origin,
            purposeOf('watch', resource, selection.namespace),
          );
        }
        if (event.type === 'BOOKMARK')
          yield { type: 'BOOKMARK', resourceVersion: event.object.metadata.resourceVersion ?? '' };
        else yield { type: event.type, object: slim(event.object, resource) };
      }
    } catch (error) {
      throw signal.aborted ? error : fromNetwork(error, this.connection.server.origin);
    } finally {
      response.destroy();
    }
  }

  /** The last lines of a container's log. */
  async logs(
    namespace: string,
    pod: string,
    container: string,
    options: {
      previous: boolean;
      tail: number;
      limitBytes?: number;
      sinceSeconds?: number | undefined;
      timestamps?: boolean | undefined;
    },
    signal: AbortSignal,
  ): Promise<string> {
    const { text } = await this.text({
      ...logCall(namespace, pod),
      query: {
        container: containerName(container),
        previous: options.previous ? 'true' : undefined,
        tailLines: String(options.tail),
        limitBytes: String(options.limitBytes ?? 256 * 1024),
        sinceSeconds: options.sinceSeconds?.toString(),
        timestamps: options.timestamps ? 'true' : undefined,
      },
      signal,
    });
    if (isLostLog(text)) throw lostLog(text);
    return text;
  }

  /** Lines with the time before each, as they are written, until the container ends. Throws when the way to it breaks. */
  async *followLog(
    namespace: string,
    pod: string,
    container: string,
    from: { tail?: number; sinceSeconds?: number | undefined; sinceTime?: string },
    signal: AbortSignal,
  ): AsyncGenerator<string> {
    const response = await this.open({
      ...logCall(namespace, pod),
      query: {
        container: containerName(container),
        follow: 'true',
        timestamps: 'true',
        tailLines: from.tail?.toString(),
        sinceSeconds: from.sinceSeconds?.toString(),
        sinceTime: from.sinceTime,
      },
      signal,
    });
    // A container may be silent for hours: the system asks whether the other side is still there.
    response.socket.setKeepAlive(true, KEEP_ALIVE_MS);
    const stop = (): void => {
      response.destroy();
    };
    signal.addEventListener('abort', stop, { once: true });
    try {
      for await (const line of linesOf(response, MAX_LOG_LINE)) {
        if (isLostLog(line)) throw lostLog(line);
        yield line;
      }
    } catch (error) {
      throw signal.aborted ? signal.reason : fromNetwork(error, this.connection.server.origin);
    } finally {
      signal.removeEventListener('abort', stop);
      response.destroy();
    }
  }
}

const logCall = (namespace: string, pod: string) => ({
  method: 'GET' as const,
  path: `/api/v1/namespaces/${namespaceSegment(namespace)}/pods/${pathSegment(pod)}/log`,
  accept: 'text/plain, application/json',
  purpose: { verb: 'get', resource: 'pods/log', namespace },
});

interface RawList {
  metadata?: { resourceVersion?: string; continue?: string; remainingItemCount?: number };
  items?: KubeObject[];
}

interface RawEvent {
  type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';
  object: KubeObject;
}

function expiredToFailure(error: unknown): unknown {
  if (!(error instanceof Expired)) return error;
  return fail({
    code: 'lost',
    message: t('The list changed faster than it could be read; try again.'),
    detail: error.message,
  });
}

const selectors = ({ labelSelector, fieldSelector }: Selection): Record<string, string | undefined> => ({
  labelSelector,
  fieldSelector,
});
