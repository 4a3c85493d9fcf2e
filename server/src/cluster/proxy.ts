/** Sockets to an API server: straight, or through an HTTP CONNECT or SOCKS5 proxy. */
import http from 'node:http';
import https from 'node:https';
import net from 'node:net';
import type { Duplex } from 'node:stream';
import tls from 'node:tls';
import { t } from '../l10n.ts';
import { fail } from './failure.ts';

export interface AgentOptions {
  tls: tls.SecureContextOptions & { rejectUnauthorized: boolean; servername?: string };
  proxy?: URL;
}

/** The proxy for a server: the kubeconfig's own, else that of the environment, as Go's clients choose it. */
export function proxyFor(
  server: URL,
  configured: string | undefined,
  env: Readonly<Record<string, string | undefined>>,
): URL | undefined {
  const chosen = configured ?? (isExempt(server.hostname, env) ? undefined : fromEnvironment(server, env));
  if (!chosen) return undefined;
  const url = URL.parse(chosen.includes('://') ? chosen : `http://${chosen}`);
  if (url && /^(http|https|socks5|socks5h):$/.test(url.protocol)) return url;
  throw fail({
    code: 'invalid-kubeconfig',
    message: t('Proxy {proxy} is no http, https or socks5 address.', {
      proxy: chosen.replace(/\/\/[^@/]*@/, '//'),
    }),
  });
}

const fromEnvironment = (
  server: URL,
  env: Readonly<Record<string, string | undefined>>,
): string | undefined =>
  server.protocol === 'https:' ? (env.HTTPS_PROXY ?? env.https_proxy) : (env.HTTP_PROXY ?? env.http_proxy);

/** NO_PROXY: host names with their subdomains, addresses, `*`; loopback never goes through a proxy. */
function isExempt(host: string, env: Readonly<Record<string, string | undefined>>): boolean {
  const bare = host.replace(/^\[|\]$/g, '');
  if (bare === 'localhost' || bare === '::1' || bare.startsWith('127.')) return true;
  const list = (env.NO_PROXY ?? env.no_proxy ?? '').split(',').map((entry) => entry.trim());
  return list.some((entry) => {
    if (entry === '') return false;
    if (entry === '*' || entry === bare) return true;
    if (entry.includes('/')) return inSubnet(bare, entry);
    return bare.endsWith(entry.startsWith('.') ? entry : `.${entry}`);
  });
}

function inSubnet(address: string, cidr: string): boolean {
  const family = net.isIPv4(address) ? 'ipv4' : net.isIPv6(address) ? 'ipv6' : undefined;
  const [base = '', bits = ''] = cidr.split('/');
  if (!family || net.isIP(base) === 0) return false;
  const subnet = new net.BlockList();
  try {
    subnet.addSubnet(base, Number(bits), net.isIPv4(base) ? 'ipv4' : 'ipv6');
  } catch {
    return false;
  }
  return subnet.check(address, family);
}

/** An agent that keeps sockets alive. Its TLS options are those of the kubeconfig, for plain requests and WebSockets alike. */
export function makeAgent(server: URL, { tls: tlsOptions, proxy }: AgentOptions): http.Agent {
  const common = { keepAlive: true, maxSockets: 64, scheduling: 'lifo' as const };
  if (server.protocol === 'http:') return proxy ? new PlainTunnel(proxy, common) : new http.Agent(common);
  const secure = { ...common, ...tlsOptions };
  return proxy ? new SecureTunnel(proxy, secure) : new https.Agent(secure);
}

type OnSocket = (error: Error | null, socket: Duplex) => void;

interface Target {
  host?: string | null | undefined;
  port?: number | string | null | undefined;
}

class PlainTunnel extends http.Agent {
  readonly #proxy: URL;
  constructor(proxy: URL, options: http.AgentOptions) {
    super(options);
    this.#proxy = proxy;
  }
  override createConnection(options: http.ClientRequestArgs, callback?: OnSocket): undefined {
    tunnel(this.#proxy, options).then(
      (socket) => callback?.(null, socket),
      (error: Error) => callback?.(error, undefined as never),
    );
  }
}

class SecureTunnel extends https.Agent {
  readonly #proxy: URL;
  constructor(proxy: URL, options: https.AgentOptions) {
    super(options);
    this.#proxy = proxy;
  }
  override createConnection(options: https.RequestOptions, callback?: OnSocket): undefined {
    tunnel(this.#proxy, options).then(
      (socket) => callback?.(null, tls.connect({ ...(options as tls.ConnectionOptions), socket })),
      (error: Error) => callback?.(error, undefined as never),
    );
  }
}

const TUNNEL_TIMEOUT_MS = 10_000;

async function tunnel(proxy: URL, target: Target): Promise<net.Socket> {
  const host = target.host ?? '';
  const port = Number(target.port);
  return proxy.protocol.startsWith('socks')
    ? socksTunnel(proxy, host, port)
    : connectTunnel(proxy, host, port);
}

function connectTunnel(proxy: URL, host: string, port: number): Promise<net.Socket> {
  const authority = `${host.includes(':') ? `[${host}]` : host}:${port}`;
  const headers: Record<string, string> = { host: authority };
  if (proxy.username)
    headers['proxy-authorization'] =
      `Basic ${Buffer.from(`${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`).toString('base64')}`;
  const { request } = proxy.protocol === 'https:' ? https : http;
  return new Promise((resolve, reject) => {
    const connect = request(proxy, {
      method: 'CONNECT',
      path: authority,
      headers,
      timeout: TUNNEL_TIMEOUT_MS,
    });
    connect.once('timeout', () => connect.destroy(new Error(`proxy ${proxy.host} did not answer`)));
    connect.once('error', reject);
    connect.once('connect', (response, socket) => {
      if (response.statusCode === 200) return resolve(socket as net.Socket);
      socket.destroy();
      reject(refusedByProxy(proxy, `HTTP ${response.statusCode}`));
    });
    connect.end();
  });
}

const refusedByProxy = (proxy: URL, detail: string): Error =>
  fail({
    code: 'unreachable',
    message: t('Proxy {proxy} refused the way to the API server.', { proxy: proxy.host }),
    detail,
  });

/** SOCKS5 with the name resolved at the proxy (RFC 1928, RFC 1929). */
async function socksTunnel(proxy: URL, host: string, port: number): Promise<net.Socket> {
  const socket = net.connect({ host: proxy.hostname, port: Number(proxy.port || 1080) });
  socket.setTimeout(TUNNEL_TIMEOUT_MS, () => socket.destroy(new Error(`proxy ${proxy.host} did not answer`)));
  const read = reader(socket);
  try {
    const method = proxy.username ? 2 : 0;
    socket.write(Uint8Array.of(5, 1, method));
    const [, chosen] = await read(2);
    if (chosen !== method) throw refusedByProxy(proxy, `SOCKS method ${chosen}`);
    if (method === 2) {
      const [user, password] = [proxy.username, proxy.password].map((part) =>
        Buffer.from(decodeURIComponent(part)),
      );
      if (!user || !password) throw refusedByProxy(proxy, 'SOCKS credentials');
      socket.write(
        Buffer.concat([Uint8Array.of(1, user.length), user, Uint8Array.of(password.length), password]),
      );
      const [, status] = await read(2);
      if (status !== 0) throw refusedByProxy(proxy, 'SOCKS credentials');
    }
    const name = Buffer.from(host);
    socket.write(
      Buffer.concat([Uint8Array.of(5, 1, 0, 3, name.length), name, Uint8Array.of(port >> 8, port & 255)]),
    );
    const [, reply, , kind] = await read(4);
    if (reply !== 0) throw refusedByProxy(proxy, `SOCKS reply ${reply}`);
    const length = kind === 1 ? 4 : kind === 4 ? 16 : ((await read(1))[0] ?? 0);
    await read(length + 2);
    socket.setTimeout(0);
    return socket;
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

/** Reads exactly n bytes; what comes after them stays in the socket. */
function reader(socket: net.Socket): (count: number) => Promise<Buffer> {
  return (count) =>
    new Promise((resolve, reject) => {
      const done = (result: Buffer | Error): void => {
        socket.off('readable', attempt).off('error', done).off('end', ended);
        if (result instanceof Error) reject(result);
        else resolve(result);
      };
      const ended = (): void => done(new Error('proxy closed the connection'));
      const attempt = (): void => {
        const bytes = socket.read(count) as Buffer | null;
        if (bytes) done(bytes);
      };
      socket.on('readable', attempt).on('error', done).on('end', ended);
      attempt();
    });
}
