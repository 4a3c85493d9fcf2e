/** Names before they enter a URL (RFC 1123, and the API server's rule for path segments). */
import { t } from '../l10n.ts';
import { invalidName } from './failure.ts';

export const DNS_LABEL = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;
const SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;

/** A namespace as a path segment. Throws `invalid`. */
export function namespaceSegment(namespace: string): string {
  if (!DNS_LABEL.test(namespace)) throw invalidName(t('namespace'), namespace);
  return namespace;
}

/** Name of a pod, node, Service…: a DNS subdomain. Throws `invalid`. */
export function nameSegment(name: string): string {
  if (name.length > 253 || !SUBDOMAIN.test(name)) throw invalidName(t('object name'), name);
  return name;
}

/** A container's name: a DNS label. Throws `invalid`. */
export function containerName(name: string): string {
  if (!DNS_LABEL.test(name)) throw invalidName(t('container name'), name);
  return name;
}

/**
 * Name of an object of a kind whose names are only path segments (`system:node`, RBAC and custom kinds).
 * https://pkg.go.dev/k8s.io/apimachinery/pkg/api/validation/path#IsValidPathSegmentName
 */
export function pathSegment(name: string): string {
  if (
    name === '' ||
    name === '.' ||
    name === '..' ||
    /[/%\u0000-\u001f\u007f]/.test(name) ||
    name.length > 253
  )
    throw invalidName(t('object name'), name);
  return encodeURIComponent(name);
}
