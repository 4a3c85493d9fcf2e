/**
 * A read-only image registry for the test cluster: `node registry.ts ADDRESS PORT NAME=FOLDER...`, each folder
 * an OCI layout. The first part of a repository's name says how a pull of it goes:
 *
 *   app             is served
 *   private/app     wants the user "triage" with the password "triage"
 *   limited/app     has had too many requests
 *   broken/app      fails inside
 *   slow/app        takes a minute to answer
 *   arm/app         exists for another processor only
 */
import { createHash } from 'node:crypto';
import { createReadStream, existsSync, readFileSync, statSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import { manifestDigest } from './lib/images.ts';

const [address = '127.0.0.1', port = '5000', ...pairs] = process.argv.slice(2);
const layouts = new Map(pairs.map((pair) => pair.split('=') as [string, string]));

const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
const INDEX = 'application/vnd.oci.image.index.v1+json';
const CREDENTIALS = `Basic ${Buffer.from('triage:triage').toString('base64')}`;
const SLOW_MS = 60_000;
const TAGS = new Set(['1', 'latest']);

interface Pull {
  request: IncomingMessage;
  response: ServerResponse;
  image: string;
  kind: string;
  reference: string;
}

function refuse(
  response: ServerResponse,
  status: number,
  code: string,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify({ errors: [{ code, message: code.toLowerCase().replaceAll('_', ' ') }] }));
}

/** What a repository's first part does to a pull. */
const behaviours: Record<string, (pull: Pull) => void> = {
  private: (pull) => {
    if (pull.request.headers.authorization === CREDENTIALS) serve(pull);
    else refuse(pull.response, 401, 'UNAUTHORIZED', { 'www-authenticate': 'Basic realm="registry"' });
  },
  limited: ({ response }) => refuse(response, 429, 'TOOMANYREQUESTS', { 'retry-after': '3600' }),
  broken: ({ response }) => refuse(response, 500, 'UNKNOWN'),
  slow: (pull) => {
    const timer = setTimeout(() => serve(pull), SLOW_MS);
    pull.response.on('close', () => clearTimeout(timer));
  },
  arm: (pull) => {
    const index = foreignIndex(pull.image);
    const wanted = index !== undefined && [digestOf(index), ...TAGS].includes(pull.reference);
    if (index !== undefined && wanted && pull.kind === 'manifests') serveIndex(pull, index);
    else serve(pull);
  },
};

const isTag = (reference: string): boolean => !reference.startsWith('sha256:');

function serve(pull: Pull): void {
  const { response, kind, reference } = pull;
  const folder = layouts.get(pull.image);
  const unknown = kind === 'manifests' ? 'MANIFEST_UNKNOWN' : 'BLOB_UNKNOWN';
  if (!folder) refuse(response, 404, 'NAME_UNKNOWN');
  else if (kind === 'manifests' && isTag(reference) && !TAGS.has(reference)) refuse(response, 404, unknown);
  else serveBlob(pull, isTag(reference) ? manifestDigest(folder) : reference, folder, unknown);
}

function serveBlob(pull: Pull, digest: string, folder: string, unknown: string): void {
  const file = join(folder, 'blobs', 'sha256', digest.slice('sha256:'.length));
  if (!/^sha256:[0-9a-f]{64}$/.test(digest) || !existsSync(file)) {
    refuse(pull.response, 404, unknown);
    return;
  }
  pull.response.writeHead(200, {
    'content-type': pull.kind === 'manifests' ? MANIFEST : 'application/octet-stream',
    'content-length': statSync(file).size,
    'docker-content-digest': digest,
  });
  if (pull.request.method === 'HEAD') pull.response.end();
  else createReadStream(file).pipe(pull.response);
}

const digestOf = (text: string): string => `sha256:${createHash('sha256').update(text).digest('hex')}`;

/** An index that offers the image for a processor that nobody here has. */
function foreignIndex(image: string): string | undefined {
  const folder = layouts.get(image);
  if (!folder) return undefined;
  const layout = JSON.parse(readFileSync(join(folder, 'index.json'), 'utf8')) as { manifests: object[] };
  const manifests = layout.manifests.map((m) => ({ ...m, platform: { os: 'linux', architecture: 's390x' } }));
  return JSON.stringify({ schemaVersion: 2, mediaType: INDEX, manifests });
}

function serveIndex(pull: Pull, index: string): void {
  pull.response.writeHead(200, {
    'content-type': INDEX,
    'content-length': Buffer.byteLength(index),
    'docker-content-digest': digestOf(index),
  });
  pull.response.end(pull.request.method === 'HEAD' ? undefined : index);
}

function answer(request: IncomingMessage, response: ServerResponse): void {
  const path = new URL(request.url ?? '/', 'http://registry').pathname;
  console.log(`${new Date().toISOString()} ${request.method} ${path}`);
  if (path === '/v2/') {
    response.end('{}');
    return;
  }
  const match = /^\/v2\/(.+)\/(manifests|blobs)\/([^/]+)$/.exec(path);
  if (!match || (request.method !== 'GET' && request.method !== 'HEAD')) {
    refuse(response, 404, 'UNSUPPORTED');
    return;
  }
  const [, repository = '', kind = '', reference = ''] = match;
  const slash = repository.indexOf('/');
  const behave = slash < 0 ? serve : (behaviours[repository.slice(0, slash)] ?? serve);
  behave({ request, response, image: repository.slice(slash + 1), kind, reference });
}

const server = createServer(answer);
server.listen(Number(port), address, () => console.log(`Listening on ${address}:${port}`));
process.on('SIGTERM', () => process.exit(0));
