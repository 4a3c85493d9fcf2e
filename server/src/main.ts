/** The language server's entry. */
import { dirname, join } from 'node:path';
import { createConnection, ProposedFeatures } from 'vscode-languageserver/node';
import { registerCluster } from './features/cluster.ts';
import { serve } from './server.ts';

const connection = createConnection(ProposedFeatures.all);

serve(connection, dirname(import.meta.dirname), (server) => {
  const cluster = registerCluster(connection, {
    isTrusted: () => server.trusted,
    workerFile: join(import.meta.dirname, 'cluster.js'),
    messages: join(server.extensionPath, 'dist', 'l10n'),
    locale: server.locale,
    log: (text) => connection.console.error(text),
  });
  connection.onNotification('podTriage/trustGranted', () => {
    server.trusted = true;
  });
  // Debug pods of open terminals are deleted before the server goes.
  connection.onShutdown(() => cluster.close());
  // An extension host that dies says nothing more: its end of the channel closes.
  process.once('disconnect', () => void cluster.close().finally(() => process.exit(1)));
});
