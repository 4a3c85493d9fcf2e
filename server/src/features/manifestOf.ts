/** Where the workspace declares an object: from a diagnosis to the line that causes it. */
import type { Connection } from 'vscode-languageserver';
import { parsePath } from '../core/path.ts';
import { rangeOf } from '../core/yaml/range.ts';
import type { ManifestLocation, Requests } from '../protocol.ts';
import type { Server } from '../server.ts';
import { positionsOf, rangeIn } from './convert.ts';

type Params = Requests['podTriage/manifestOf']['params'];

export function registerManifestOf(connection: Connection, server: Server): void {
  connection.onRequest('podTriage/manifestOf', async ({ ref, path }: Params): Promise<ManifestLocation[]> => {
    await server.ready;
    // Manifests often leave the namespace to whoever applies them.
    const declared = [
      ...server.documents.store.all(ref),
      ...server.documents.store.all({ ...ref, namespace: 'default' }),
    ];
    return [...new Set(declared)].flatMap(({ object, origin }) => {
      if (!origin || (object.metadata.namespace && object.metadata.namespace !== ref.namespace)) return [];
      const range = rangeOf(origin.manifest.node, parsePath(path ?? 'metadata.name'));
      const position = positionsOf(origin.file.text);
      return [
        {
          uri: origin.file.file,
          range: rangeIn(position, origin.start + range.start, origin.start + range.end),
        },
      ];
    });
  });
}
