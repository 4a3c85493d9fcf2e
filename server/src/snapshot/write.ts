/** Writes what was observed as a snapshot folder. Secrets come with key names and without values. */
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { fail } from '../cluster/failure.ts';
import { slim } from '../cluster/slim.ts';
import type { Gap, Observed } from '../core/diagnosis/observed.ts';
import type { KubeObject } from '../core/kube/object.ts';
import { t } from '../l10n.ts';
import { LOGS_FOLDER, NOTES_FILE, OBJECTS_FOLDER, type SnapshotNotes, STATS_FOLDER } from './layout.ts';

/** Cluster-scoped objects lie in this folder; no namespace can be called so. */
const CLUSTER_FOLDER = '_cluster';

/** Writes into a new or empty folder; anything else there is refused, so that two snapshots never mix. */
export async function writeSnapshot(
  folder: string,
  observed: Observed,
  collected: NonNullable<SnapshotNotes['collected']>,
): Promise<void> {
  await mkdir(folder, { recursive: true });
  if ((await readdir(folder)).length > 0)
    throw fail({
      code: 'invalid',
      message: t('Folder {folder} is not empty; choose a new one.', { folder }),
    });
  const notes: SnapshotNotes = {
    capturedAt: observed.now,
    ...(observed.serverVersion ? { serverVersion: observed.serverVersion } : {}),
    collected,
    gaps: [...observed.gaps].sort(inOrder),
  };
  const header =
    '# Secrets are named here, their values are not. Environment values and logs are as the cluster has them.\n';
  await writeFile(join(folder, NOTES_FILE), header + stringify(notes));
  for (const [place, objects] of byPlace(observed.objects)) {
    const [group = '', kind = ''] = place.split('/');
    const directory = join(folder, OBJECTS_FOLDER, group);
    await mkdir(directory, { recursive: true });
    const list = {
      apiVersion: 'v1',
      kind: 'List',
      items: objects.sort(inOrder).map((object) => slim(structuredClone(object))),
    };
    await writeFile(join(directory, `${kind.toLowerCase()}.json`), `${JSON.stringify(list, null, 1)}\n`);
  }
  for (const { namespace, pod, container, previous, text } of observed.logs) {
    const directory = join(folder, LOGS_FOLDER, fileName(namespace), fileName(pod));
    await mkdir(directory, { recursive: true });
    await writeFile(join(directory, `${fileName(container)}${previous ? '.previous' : ''}.log`), text);
  }
  for (const [node, summary] of Object.entries(observed.stats)) {
    await mkdir(join(folder, STATS_FOLDER), { recursive: true });
    await writeFile(join(folder, STATS_FOLDER, `${fileName(node)}.json`), JSON.stringify(summary));
  }
}

/** What was read side by side comes in any order; two snapshots of one state are to be equal. */
function inOrder(a: Gap | KubeObject, b: Gap | KubeObject): number {
  const [left, right] = [keyOf(a), keyOf(b)];
  return left < right ? -1 : left > right ? 1 : 0;
}

const keyOf = (entry: Gap | KubeObject): string =>
  'metadata' in entry ? (entry.metadata.name ?? '') : JSON.stringify(entry);

/** `namespace/Kind` → objects. */
function byPlace(objects: KubeObject[]): Map<string, KubeObject[]> {
  const places = new Map<string, KubeObject[]>();
  for (const object of objects) {
    const place = `${fileName(object.metadata.namespace ?? CLUSTER_FOLDER)}/${fileName(object.kind)}`;
    const list = places.get(place) ?? [];
    list.push(object);
    places.set(place, list);
  }
  return places;
}

/** Names come from a cluster: what Kubernetes does not allow in a name does not become part of a path. */
const fileName = (name: string): string => name.replace(/[^A-Za-z0-9._-]/g, '_').replace(/^\.+/, '_');
