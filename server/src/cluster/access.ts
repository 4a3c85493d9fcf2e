/** Asks the API server what we may do, before we try. A review is answered and not stored. */
import type { KubeClient } from './client.ts';
import { failureOf, type Purpose } from './failure.ts';

interface Review {
  status?: { allowed?: boolean };
}

/** Those of the purposes that are not allowed. A server that does not answer reviews allows everything, until it refuses. */
export async function missingAccess(
  client: KubeClient,
  purposes: readonly Purpose[],
  signal: AbortSignal,
): Promise<Purpose[]> {
  const answers = await Promise.all(purposes.map((purpose) => isAllowed(client, purpose, signal)));
  return purposes.filter((_, index) => answers[index] === false);
}

async function isAllowed(client: KubeClient, purpose: Purpose, signal: AbortSignal): Promise<boolean> {
  const [path = '', subresource] = purpose.resource.split('/');
  const [resource = '', ...group] = path.split('.');
  const body = {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SelfSubjectAccessReview',
    spec: {
      resourceAttributes: {
        verb: purpose.verb,
        resource,
        ...(group.length > 0 ? { group: group.join('.') } : {}),
        ...(subresource ? { subresource } : {}),
        ...(purpose.namespace ? { namespace: purpose.namespace } : {}),
      },
    },
  };
  try {
    const { status } = await client.json<Review>({
      method: 'POST',
      path: '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
      body,
      purpose: { verb: 'create', resource: 'selfsubjectaccessreviews.authorization.k8s.io' },
      signal,
    });
    return status?.allowed !== false;
  } catch (error) {
    if (['forbidden', 'not-found'].includes(failureOf(error).code)) return true;
    throw error;
  }
}
