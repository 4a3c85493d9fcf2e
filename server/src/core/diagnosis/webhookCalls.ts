/** Admission webhooks that an owner's pods were refused for: the Services that the API server could not call. */
import type { Resource } from '../kube/store.ts';
import type { Event, Pod, Service } from '../kube/types.ts';
import { conditionOf } from './containers.ts';
import { messageOf } from './eventFacts.ts';

/** `failed calling webhook "x": failed to call webhook: Post "https://SERVICE.NAMESPACE.svc:443/…"` */
const CALL = /failed calling webhook "[^"]*".*Post "https:\/\/([a-z0-9-]+)\.([a-z0-9-]+)\.svc[:/]/;

export interface WebhookCall {
  name: string;
  namespace: string;
}

/** The Service in the API server's sentence about a webhook that it could not call. */
export function webhookIn(text: string): WebhookCall | undefined {
  const [, name, namespace] = CALL.exec(text) ?? [];
  return name && namespace ? { name, namespace } : undefined;
}

/** Where events and objects are looked up: the index of a snapshot, or a scene. */
interface Lookup {
  eventsOf(resource: Resource): Event[];
  find(kind: string, namespace: string | undefined, name: string): Resource | undefined;
}

/** The webhooks that the newest refusals of an owner name. */
export function webhookCalls({ eventsOf }: Pick<Lookup, 'eventsOf'>, owner: Resource): WebhookCall[] {
  const event = eventsOf(owner).find(({ reason }) => reason === 'FailedCreate');
  const condition = conditionOf(owner.object as Pod, 'ReplicaFailure');
  return [event && messageOf(event), condition?.status === 'True' ? condition.message : undefined].flatMap(
    (text) => (text && webhookIn(text)) || [],
  );
}

/** Their Services, as far as they were read. */
export const webhookServices = (lookup: Lookup, owner: Resource): Resource<Service>[] =>
  webhookCalls(lookup, owner).flatMap(
    ({ name, namespace }) => (lookup.find('Service', namespace, name) as Resource<Service> | undefined) ?? [],
  );
