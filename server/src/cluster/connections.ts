/** One client for each content of the kubeconfig and context: credentials and sockets are made once. */
import { KubeClient } from './client.ts';
import { connectionTo } from './connection.ts';
import type { PluginHost } from './execPlugin.ts';
import { type Environment, type Kubeconfig, loadKubeconfig, processEnvironment } from './kubeconfig.ts';

export interface ConnectionOptions {
  plugins: PluginHost;
  /** A file that replaces KUBECONFIG and the default file. */
  kubeconfig?: string;
  environment?: Environment;
}

export interface ClusterConnections {
  /** Reads the files again: those named here, else those of the options. Throws kubeconfig failures. */
  config(kubeconfig?: string): Promise<Kubeconfig>;
  /** The client of a context (of the current one, when none is named). Opens no socket yet. */
  client(context?: string, kubeconfig?: string): Promise<KubeClient>;
  close(): void;
}

export function openConnections({
  plugins,
  kubeconfig: standard,
  environment = processEnvironment(),
}: ConnectionOptions): ClusterConnections {
  const clients = new Map<string, { client: KubeClient; kubeconfig: string | undefined; hash: string }>();
  const config = (kubeconfig = standard): Promise<Kubeconfig> => loadKubeconfig(kubeconfig, environment);
  const closeAll = (isOld: (kubeconfig: string | undefined, hash: string) => boolean = () => true): void => {
    for (const [key, { client, kubeconfig, hash }] of clients) {
      if (!isOld(kubeconfig, hash)) continue;
      client.connection.close();
      clients.delete(key);
    }
  };
  return {
    config,
    client: async (context, kubeconfig) => {
      const loaded = await config(kubeconfig);
      const { hash } = loaded;
      const key = `${hash}|${context ?? loaded.currentContext ?? ''}`;
      const known = clients.get(key);
      if (known) return known.client;
      // Another content of the same files: clients of the old one are not asked for again.
      closeAll((files, before) => files === kubeconfig && before !== hash);
      const client = new KubeClient(connectionTo(loaded, context, plugins, environment));
      clients.set(key, { client, kubeconfig, hash });
      return client;
    },
    close: () => closeAll(),
  };
}
