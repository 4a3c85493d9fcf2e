/** Records what the diagnosis of a planted fault read: test/fixtures/snapshots/<id>. */

import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { stringify } from 'yaml';
import type { KubeObject } from '../../../../server/src/core/kube/object.ts';
import { LOGS_FOLDER, NOTES_FILE } from '../../../../server/src/snapshot/layout.ts';
import { objectsInYaml } from '../../../../server/src/snapshot/objects.ts';
import { readSnapshot } from '../../../../server/src/snapshot/read.ts';
import { checkout } from '../layout.ts';
import { SetupError } from '../setupError.ts';
import { type Fault, faultIds, loadFault } from './fault.ts';
import { type Recording, steady } from './steady.ts';

/** The folder of a fault's recorded snapshot. */
export const recordingOf = (id: string): string => join(checkout, 'test', 'fixtures', 'snapshots', id);

/**
 * Writes the snapshot in `folder`, as `pod-triage snapshot` made it, to the fault's place among the fixtures, without
 * what other faults have planted at the same time.
 */
export async function record(fault: Fault, folder: string): Promise<void> {
  const { objects, logs, notes } = await readSnapshot(folder);
  const own = objects.filter((object) => !isOfAnother(object, fault));
  write(recordingOf(fault.id), steady({ objects: own, logs, notes }, fault.id));
}

function isOfAnother({ kind, metadata }: KubeObject, fault: Fault): boolean {
  const mine = new Set([fault.id, ...fault.manifests.flatMap((object) => object.metadata.namespace ?? [])]);
  const place = kind === 'Namespace' ? metadata.name : metadata.namespace;
  if (place !== undefined) return faultIds().includes(place) && !mine.has(place);
  const planted = (object: KubeObject): boolean =>
    object.kind === kind && object.metadata.name === metadata.name;
  return !fault.manifests.some(planted) && others().some(planted);
}

let all: KubeObject[] | undefined;
function others(): KubeObject[] {
  all ??= faultIds().flatMap((id) => loadFault(id).manifests);
  return all;
}

function write(folder: string, { objects, logs, notes }: Recording): void {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, NOTES_FILE), stringify(notes));
  writeFileSync(join(folder, 'objects.yaml'), yamlOf(objects));
  for (const { namespace, pod, container, previous, text } of logs) {
    const file = join(folder, LOGS_FOLDER, namespace, pod, `${container}${previous ? '.previous' : ''}.log`);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
}

/** One document an object, as people read them; checked against the reader of snapshots. */
function yamlOf(objects: readonly KubeObject[]): string {
  const options = { version: '1.1', lineWidth: 0, indentSeq: false, aliasDuplicateObjects: false } as const;
  const text = objects
    .map(({ apiVersion, kind, metadata, ...rest }) =>
      stringify({ apiVersion, kind, metadata, ...rest }, options),
    )
    .join('---\n');
  const read = objectsInYaml(text).objects;
  const wrong = objects.findIndex((object, at) => !isDeepStrictEqual(read[at], object));
  const different = objects[wrong];
  if (different)
    throw new SetupError(`${different.kind} ${different.metadata.name} reads differently from its own YAML.`);
  return text;
}
