/** A context of a kubeconfig turned into what a request needs: server, sockets with their TLS, credentials. */
import type http from 'node:http';
import { t } from '../l10n.ts';
import { Credentials, fileOrData } from './credentials.ts';
import type { PluginHost } from './execPlugin.ts';
import { fail, noCurrentContext, unknownContext } from './failure.ts';
import type { ClusterEntry, Environment, Kubeconfig } from './kubeconfig.ts';
import { makeAgent, proxyFor } from './proxy.ts';

/** Ready for one request. */
export interface Prepared {
  agent: http.Agent;
  headers: Record<string, string | string[]>;
}

export interface Connection {
  context: string;
  /** The context's own namespace. */
  namespace: string;
  server: URL;
  compression: boolean;
  /** Reads files and runs the credential plugin when their last answer is gone or expired. */
  prepare(signal: AbortSignal): Promise<Prepared>;
  /** Forgets credentials that were refused. True when new ones may be had. */
  renew(): boolean;
  close(): void;
}

/** Throws `unknown-context` or `invalid-kubeconfig`. Opens nothing yet. */
export function connectionTo(
  config: Kubeconfig,
  contextName: string | undefined,
  plugins: PluginHost,
  environment: Environment,
): Connection {
  const name = contextName ?? config.currentContext;
  if (name === undefined) throw noCurrentContext();
  const context = config.contexts.get(name);
  if (!context) throw unknownContext(name, [...config.contexts.keys()]);
  const cluster = config.clusters.get(context.cluster);
  if (!cluster) throw dangling(name, t('cluster'), context.cluster, context.file);
  const user = config.users.get(context.user);
  if (!user && context.user !== '') throw dangling(name, t('user'), context.user, context.file);
  if (user?.authProvider !== undefined)
    throw fail({
      code: 'invalid-kubeconfig',
      message: t(
        'User {user} uses the auth provider {provider}, which Kubernetes removed in 1.26; replace it by an exec plugin in {file}.',
        { user: context.user, provider: user.authProvider, file: user.file },
      ),
    });
  const server = serverUrl(cluster, context.cluster);
  const proxy = proxyFor(server, cluster.proxyUrl, environment.env);
  const credentials = new Credentials(user, cluster, plugins, environment);
  let agent: { for: string; agent: http.Agent } | undefined;
  return {
    context: name,
    namespace: context.namespace,
    server,
    compression: !cluster.disableCompression,
    prepare: async (signal) => {
      const { headers, tls } = await credentials.get(signal);
      const ca = await fileOrData(cluster.caFile, cluster.caData, cluster.file);
      const key = `${tls.cert ?? ''}${tls.key ?? ''}${ca ?? ''}`;
      if (agent?.for !== key) {
        agent?.agent.destroy();
        agent = {
          for: key,
          agent: makeAgent(server, {
            tls: {
              ...tls,
              ...(ca ? { ca } : {}),
              rejectUnauthorized: !cluster.insecure,
              ...(cluster.tlsServerName ? { servername: cluster.tlsServerName } : {}),
            },
            ...(proxy ? { proxy } : {}),
          }),
        };
      }
      return { agent: agent.agent, headers };
    },
    renew: () => credentials.forget(),
    close: () => agent?.agent.destroy(),
  };
}

const dangling = (context: string, what: string, name: string, file: string): Error =>
  fail({
    code: 'invalid-kubeconfig',
    message: t('Context {context} names the {what} {name}, which no kubeconfig file defines.', {
      context,
      what,
      name: name || '""',
    }),
    detail: file,
  });

function serverUrl(cluster: ClusterEntry, name: string): URL {
  const text = cluster.server.includes('://') ? cluster.server : `https://${cluster.server}`;
  const url = cluster.server === '' ? null : URL.parse(text);
  if (url && /^https?:$/.test(url.protocol)) return url;
  throw fail({
    code: 'invalid-kubeconfig',
    message: t('Cluster {name} in {file} has no usable server address.', { name, file: cluster.file }),
    detail: cluster.server,
  });
}
