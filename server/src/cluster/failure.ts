/** Failures of cluster work as values a user can act on. One constructor a kind; the words live here. */

import { t } from '../l10n.ts';
import type { Failure } from '../protocol.ts';

/** Carries a `Failure` through promises; unwrapped at the edge by `failureOf`. */
export class ClusterError extends Error {
  readonly failure: Failure;
  constructor(failure: Failure) {
    super(failure.message);
    this.failure = failure;
  }
}

/** The API server forgot the resourceVersion (410) or the list's continue token: list again. */
export class Expired extends Error {}

/** The failure inside any thrown value; what is no `ClusterError` is a bug of ours and says so. */
export function failureOf(error: unknown): Failure {
  if (error instanceof ClusterError) return error.failure;
  if (isAbort(error)) return { code: 'timed-out', message: t('Cancelled.') };
  return {
    code: 'internal',
    message: t('Pod Triage met an error of its own.'),
    detail: error instanceof Error ? error.message : String(error),
  };
}

export const isAbort = (error: unknown): boolean =>
  error instanceof Error && (error.name === 'AbortError' || error.name === 'TimeoutError');

export const fail = (failure: Failure): ClusterError => new ClusterError(failure);

export const noKubeconfig = (looked: string[]): ClusterError =>
  fail({
    code: 'no-kubeconfig',
    message: t('No kubeconfig found; set KUBECONFIG or choose a file. Pod Triage looked for {files}.', {
      files: looked.join(', '),
    }),
  });

export const invalidKubeconfig = (file: string, detail: string): ClusterError =>
  fail({
    code: 'invalid-kubeconfig',
    message: t('Kubeconfig {file} cannot be used; mend or replace the file.', { file }),
    detail,
  });

export const unknownContext = (context: string, known: string[]): ClusterError =>
  fail({
    code: 'unknown-context',
    message:
      known.length > 0
        ? t('Context {context} is in no kubeconfig file; there are {known}.', {
            context,
            known: known.slice(0, 8).join(', '),
          })
        : t('Context {context} is in no kubeconfig file; there are no contexts at all.', { context }),
  });

export const noCurrentContext = (): ClusterError =>
  fail({
    code: 'unknown-context',
    message: t('The kubeconfig names no current context; choose one by name.'),
  });

export const timedOut = (what: string, seconds: number): ClusterError =>
  fail({
    code: 'timed-out',
    message: t('{what} did not answer within {seconds} s; check the network path to it and try again.', {
      what,
      seconds,
    }),
  });

export const invalidName = (what: string, value: string): ClusterError =>
  fail({
    code: 'invalid',
    message: t('{value} is no valid {what}.', { what, value: JSON.stringify(value.slice(0, 80)) }),
  });

const UNREACHABLE = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EHOSTDOWN',
  'ENETDOWN',
  'EPIPE',
  'ERR_STREAM_PREMATURE_CLOSE',
  'HPE_INVALID_CONSTANT',
]);

/** OpenSSL's verification codes as Node names them; `EPROTO` is a handshake with something that speaks no TLS. */
const TLS_CODE =
  /^(CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|ERR_TLS|ERR_SSL|ERR_OSSL|EPROTO|CRL_|HOSTNAME_MISMATCH|INVALID_CA)/;

/** A log that the node does not have any more; `answer` is what it says instead. */
export const lostLog = (answer: string): Error =>
  fail({
    code: 'refused',
    message: t('The node has no log of this container any more.'),
    detail: answer.trim(),
  });

/** Turns what a socket or TLS handshake throws into a failure; aborts and our own errors pass through. */
export function fromNetwork(error: unknown, server: string): Error {
  if (error instanceof ClusterError || error instanceof Expired || isAbort(error)) return error as Error;
  const { code = '', message } = unwrapped(error);
  if (code === 'CERT_HAS_EXPIRED')
    return fail({
      code: 'tls',
      message: t('The certificate of the API server {server} has expired; renew it there.', { server }),
      detail: message,
    });
  if (TLS_CODE.test(code))
    return fail({
      code: 'tls',
      message: t(
        'The API server {server} cannot be trusted over TLS; compare certificate-authority and server name in the kubeconfig.',
        { server },
      ),
      detail: message,
    });
  if (UNREACHABLE.has(code) || code.startsWith('HPE_'))
    return fail({
      code: 'unreachable',
      message: t('The API server {server} cannot be reached; check that it runs, and the VPN or proxy.', {
        server,
      }),
      detail: message,
    });
  return error instanceof Error ? error : new Error(String(error));
}

/** Happy Eyeballs wraps the errors of each address in an AggregateError without a message. */
function unwrapped(error: unknown): { code?: string; message: string } {
  const { code, message, errors } = error as { code?: string; message?: string; errors?: unknown[] };
  const inner = errors?.[0] as { code?: string; message?: string } | undefined;
  const found = code ?? inner?.code;
  return { ...(found === undefined ? {} : { code: found }), message: message || inner?.message || '' };
}

/** `metav1.Status`, which the API server answers with every error. */
interface Status {
  kind?: string;
  message?: string;
  reason?: string;
}

/** What a request was for; names the permission when it is refused. */
export interface Purpose {
  verb: string;
  /** `pods`, `pods/log`, `deployments.apps`. */
  resource: string;
  namespace?: string;
}

/** A permission that is known to be missing before anything was tried. */
export const noAccess = (purpose: Purpose): ClusterError =>
  fail({
    code: 'forbidden',
    message: t('You may not {verb} {resource} in namespace {namespace}; ask for that permission.', {
      verb: purpose.verb,
      resource: purpose.resource,
      namespace: purpose.namespace,
    }),
    permission: {
      verb: purpose.verb,
      resource: purpose.resource,
      ...(purpose.namespace ? { namespace: purpose.namespace } : {}),
    },
  });

export const needs = (purpose: Purpose): string => `needs ${purpose.verb} ${purpose.resource}`;

/** Turns an HTTP status that is no success into an error. */
export function fromStatus(status: number, body: string, server: string, purpose: Purpose): Error {
  const detail = statusMessage(body) ?? `HTTP ${status}`;
  if (status === 410) return new Expired(detail);
  if (status === 401)
    return fail({
      code: 'unauthorized',
      message: t(
        'The API server {server} does not accept the credentials; sign in again, a token may have expired.',
        {
          server,
        },
      ),
      detail,
    });
  if (status === 403)
    return fail({
      code: 'forbidden',
      message: purpose.namespace
        ? t('You may not {verb} {resource} in namespace {namespace}; ask for that permission.', {
            verb: purpose.verb,
            resource: purpose.resource,
            namespace: purpose.namespace,
          })
        : t('You may not {verb} {resource}; ask for that permission.', {
            verb: purpose.verb,
            resource: purpose.resource,
          }),
      detail,
      permission: purpose,
    });
  if (status === 404)
    return fail({ code: 'not-found', message: t('The API server does not have it.'), detail });
  if (status === 502 || status === 503 || status === 504)
    return fail({
      code: 'unreachable',
      message: t('The API server {server} is not ready to answer; try again in a moment.', { server }),
      detail,
    });
  return fail({
    code: 'refused',
    message: t('The API server refused to {verb} {resource}.', {
      verb: purpose.verb,
      resource: purpose.resource,
    }),
    detail,
  });
}

function statusMessage(body: string): string | undefined {
  try {
    const status = JSON.parse(body) as Status;
    return typeof status.message === 'string' ? status.message : undefined;
  } catch {
    // A proxy's HTML page: its first words say more than nothing.
    const text = body
      .replace(/<[^>]*>/g, ' ')
      .replace(/\s+/g, ' ')
      .trim();
    return text === '' ? undefined : text.slice(0, 200);
  }
}
