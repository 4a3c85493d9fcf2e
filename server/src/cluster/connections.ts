/** One client for each content of the kubeconfig and context: credentials and sockets are made once. */
import { KubeClient } from './client.ts';
import { connectionTo } from './connection.ts';
import type { PluginConsent } from './execPlugin.ts';
import { type Environment, type Kubeconfig, loadKubeconfig, processEnvironment } from './kubeconfig.ts';

export interface ConnectionOptions {
  consent: PluginConsent;
  /** A file that replaces KUBECONFIG and the default file. */
  kubeconfig?: string;
  environment?: Environment;
}

export interface ClusterConnections {
  /** Reads the files again. Throws kubeconfig failures. */
  config(): Promise<Kubeconfig>;
  /** The client of a context (of the current one, when none is named). Opens no socket yet. */
  client(context?: string): Promise<KubeClient>;
  /** From now on this file is the kubeconfig; undefined takes the default again. */
  use(kubeconfig: string | undefined): void;
  close(): void;
}

export function openConnections({
  consent,
  kubeconfig,
  environment = processEnvironment(),
}: ConnectionOptions): ClusterConnections {
  let explicit = kubeconfig;
  const clients = new Map<string, KubeClient>();
  const config = (): Promise<Kubeconfig> => loadKubeconfig(explicit, environment);
  const closeAll = (except?: string): void => {
    for (const [key, client] of clients) {
      if (except !== undefined && key.startsWith(except)) continue;
      client.connection.close();
      clients.delete(key);
    }
  };
  return {
    config,
    client: async (context) => {
      const loaded = await config();
      const key = `${loaded.hash}|${context ?? loaded.currentContext ?? ''}`;
      const known = clients.get(key);
      if (known) return known;
      // Another content of the files: clients of the old one are not asked for again.
      closeAll(`${loaded.hash}|`);
      const client = new KubeClient(connectionTo(loaded, context, consent, environment));
      clients.set(key, client);
      return client;
    },
    use: (file) => {
      explicit = file;
    },
    close: () => closeAll(),
  };
}
