/** An HTTP(S) server that speaks the wire format of the API, for what a healthy cluster never does. */
import { readFileSync } from 'node:fs';
import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import https from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { KubeClient } from '../../../server/src/cluster/client.ts';
import { connectionTo } from '../../../server/src/cluster/connection.ts';
import type { ClusterEntry, Kubeconfig, UserEntry } from '../../../server/src/cluster/kubeconfig.ts';
import { ROOT } from '../../tools/paths.ts';

export type Answer = (request: IncomingMessage, response: ServerResponse, url: URL) => unknown;

export const pem = (name: string): string =>
  readFileSync(join(ROOT, 'test', 'fixtures', 'tls', name), 'utf8');
export const caData = Buffer.from(pem('ca.pem')).toString('base64');

export interface Api {
  url: string;
  port: number;
  /** Requests so far: `GET /path?query`. */
  seen: string[];
  headers: http.IncomingHttpHeaders[];
  server: http.Server | https.Server;
  close(): Promise<void>;
}

/** Starts a server on a free port of the loopback address. `certificate` names files of test/fixtures/tls. */
export async function startApi(
  answer: Answer,
  {
    certificate,
    onUpgrade,
  }: {
    certificate?: string;
    onUpgrade?: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
  } = {},
): Promise<Api> {
  const seen: string[] = [];
  const headers: http.IncomingHttpHeaders[] = [];
  const handle = (request: IncomingMessage, response: ServerResponse): void => {
    seen.push(`${request.method} ${request.url}`);
    headers.push(request.headers);
    answer(request, response, new URL(request.url ?? '/', 'http://api'));
  };
  const server = certificate
    ? https.createServer({ cert: pem(`${certificate}.pem`), key: pem(`${certificate}.key`) }, handle)
    : http.createServer(handle);
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  if (onUpgrade) server.on('upgrade', onUpgrade);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `${certificate ? 'https' : 'http'}://127.0.0.1:${port}`,
    port,
    seen,
    headers,
    server,
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
}

export function json(
  response: ServerResponse,
  body: unknown,
  status = 200,
  headers: http.OutgoingHttpHeaders = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(body));
}

/** `metav1.Status` as the API server answers errors. */
export const status = (code: number, reason: string, message: string): object => ({
  kind: 'Status',
  apiVersion: 'v1',
  status: 'Failure',
  code,
  reason,
  message,
});

export const configFor = (
  server: string,
  cluster: Partial<ClusterEntry> = {},
  user: Partial<UserEntry> = {},
): Kubeconfig => ({
  files: ['test'],
  hash: 'test',
  currentContext: 'test',
  clusters: new Map([
    ['test', { server, insecure: false, disableCompression: false, file: 'test', ...cluster }],
  ]),
  users: new Map([['test', { file: 'test', ...user }]]),
  contexts: new Map([['test', { cluster: 'test', user: 'test', namespace: 'shop', file: 'test' }]]),
});

export function clientFor(
  server: string,
  cluster: Partial<ClusterEntry> = {},
  user: Partial<UserEntry> = {},
  options: { timeoutMs?: number; env?: NodeJS.ProcessEnv } = {},
): KubeClient {
  const environment = { env: options.env ?? { PATH: process.env.PATH }, home: '/nonexistent' };
  const connection = connectionTo(
    configFor(server, cluster, user),
    'test',
    { consent: async () => true },
    environment,
  );
  return new KubeClient(connection, options.timeoutMs);
}

/** A kubeconfig whose one context, `shop`, leads to a stand-in: JSON, which is YAML too. */
export const kubeconfigOf = ({ url }: Api): string =>
  JSON.stringify({
    'current-context': 'shop',
    clusters: [{ name: 'c', cluster: { server: url } }],
    users: [{ name: 'u', user: {} }],
    contexts: [{ name: 'shop', context: { cluster: 'c', user: 'u', namespace: 'shop' } }],
  });
