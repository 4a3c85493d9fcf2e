/** Reads a snapshot folder: ours, a folder of `kubectl get` output, or a `kubectl cluster-info dump`. */
import type { Dirent } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, extname, join, relative, sep } from 'node:path';
import { parseDocument } from 'yaml';
import { fail } from '../cluster/failure.ts';
import { CLUSTER_KINDS, NAMES_ONLY, NAMESPACE_KINDS } from '../cluster/kinds.ts';
import { slim } from '../cluster/slim.ts';
import type { Gap, KubeletStats, LogExcerpt, Observed, Subject } from '../core/diagnosis/observed.ts';
import { isLostLog } from '../core/kube/lostLog.ts';
import type { KubeObject } from '../core/kube/object.ts';
import { formatRef } from '../core/kube/ref.ts';
import type { Event, KubeNode } from '../core/kube/types.ts';
import { t } from '../l10n.ts';
import { LOGS_FOLDER, NOTES_FILE, type SnapshotNotes, STATS_FOLDER } from './layout.ts';
import { objectsInJson, objectsInYaml } from './objects.ts';

export interface Snapshot extends Observed {
  folder: string;
  /** Files or documents that could not be read, one sentence each. */
  problems: string[];
  notes: SnapshotNotes;
}

const MAX_FILE_BYTES = 256 * 1024 * 1024;
const MAX_LOG_BYTES = 1024 * 1024;
const MAX_DEPTH = 12;

/** Throws `not-found` for a folder that is not there and `invalid` for one without any object. */
export async function readSnapshot(folder: string): Promise<Snapshot> {
  const files = await filesBelow(folder);
  const notes = await readNotes(folder);
  const objects: KubeObject[] = [];
  const listed = new Set<string>();
  const problems: string[] = [];
  const logs: LogExcerpt[] = [];
  const stats: Record<string, KubeletStats> = {};

  for (const file of files) {
    const name = relative(folder, file);
    const parts = name.split(sep);
    if (name === NOTES_FILE) continue;
    if (parts[0] === LOGS_FOLDER && extname(file) === '.log') {
      logs.push(...ownLog(parts, await readText(file)));
      continue;
    }
    if (basename(file) === 'logs.txt') {
      logs.push(...dumpedLogs(await readText(file)));
      continue;
    }
    if (parts[0] === STATS_FOLDER && extname(file) === '.json') {
      const summary = parseStats(await readText(file));
      if (summary) stats[basename(file, '.json')] = summary;
      else problems.push(t('{file} is no summary of a kubelet.', { file: name }));
      continue;
    }
    if (!/\.(ya?ml|json)$/i.test(file)) continue;
    const text = await readText(file);
    const found = extname(file) === '.json' ? objectsInJson(text) : objectsInYaml(text);
    for (const object of found.objects) objects.push(slim(object));
    for (const { kind } of found.listed) listed.add(kind);
    problems.push(...found.problems.map((problem) => `${name}: ${problem}`));
  }
  if (objects.length === 0)
    throw fail({
      code: 'invalid',
      message: t('Folder {folder} holds no Kubernetes objects; a snapshot is made by pod-triage snapshot.', {
        folder,
      }),
      ...(problems[0] ? { detail: problems[0] } : {}),
    });
  return {
    folder,
    now: notes.capturedAt ?? newestTime(objects),
    ...(notes.serverVersion ? { serverVersion: notes.serverVersion } : {}),
    objects,
    gaps: [...gapsOf(notes, objects, listed, logs, stats), ...logs.filter(isLost).map(lostGap)],
    logs: logs.filter((log) => !isLost(log)),
    stats,
    ...(notes.collected?.wholeNodes ? { wholeNodes: notes.collected.wholeNodes } : {}),
    problems,
    notes,
  };
}

/** What a snapshot lacks for a subject: another one than it was made for, or one of a namespace that it did not read. */
export function gapsOfSubject(
  { notes, objects, gaps }: Pick<Snapshot, 'notes' | 'objects' | 'gaps'>,
  subject: Subject,
): Gap[] {
  const { namespaces, namespaced = [], for: madeFor } = notes.collected ?? {};
  const namespace = subject.kind === 'Namespace' ? subject.name : subject.namespace;
  if (madeFor !== undefined && madeFor !== formatRef(subject))
    return [...namespaced, 'logs'].map((kind) => ({
      kind,
      ...(namespace === undefined ? {} : { namespace }),
      reason: 'not-in-snapshot',
      detail: t('the snapshot was made for {subject} alone', { subject: madeFor }),
    }));
  if (!namespaces || namespace === undefined || namespaces.includes(namespace)) return [];
  const there = new Set(
    objects.filter(({ metadata }) => metadata.namespace === namespace).map(({ kind }) => kind),
  );
  return namespaced
    .filter((kind) => !there.has(kind))
    .filter((kind) => !gaps.some((gap) => gap.kind === kind && gap.namespace === namespace && !gap.name))
    .map((kind) => ({
      kind,
      namespace,
      reason: 'not-in-snapshot',
      detail: t('namespace {namespace} is not in the snapshot', { namespace }),
    }));
}

async function filesBelow(folder: string): Promise<string[]> {
  const found: string[] = [];
  const walk = async (path: string, depth: number): Promise<void> => {
    const entries: Dirent[] = await readdir(path, { withFileTypes: true });
    entries.sort((a, b) => (a.name < b.name ? -1 : 1));
    for (const entry of entries) {
      const child = join(path, entry.name);
      // Links are not followed: they may lead in circles or out of the folder.
      if (entry.isDirectory() && depth < MAX_DEPTH && !entry.name.startsWith('.'))
        await walk(child, depth + 1);
      else if (entry.isFile()) found.push(child);
    }
  };
  try {
    if (!(await stat(folder)).isDirectory()) throw new Error(t('it is a file'));
    await walk(folder, 0);
  } catch (error) {
    throw fail({
      code: 'not-found',
      message: t('Snapshot folder {folder} cannot be read.', { folder }),
      detail: (error as Error).message,
    });
  }
  return found;
}

async function readText(file: string): Promise<string> {
  const { size } = await stat(file);
  if (size > MAX_FILE_BYTES)
    throw fail({ code: 'invalid', message: t('{file} is larger than {size} MB.', { file, size: 256 }) });
  const text = await readFile(file, 'utf8');
  return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
}

async function readNotes(folder: string): Promise<SnapshotNotes> {
  let text: string;
  try {
    text = await readFile(join(folder, NOTES_FILE), 'utf8');
  } catch {
    return {};
  }
  try {
    const notes: unknown = parseDocument(text, { logLevel: 'silent' }).toJS({ maxAliasCount: 100 });
    return typeof notes === 'object' && notes !== null ? (notes as SnapshotNotes) : {};
  } catch (error) {
    throw fail({
      code: 'invalid',
      message: t('{file} of the snapshot cannot be read.', { file: NOTES_FILE }),
      detail: (error as Error).message,
    });
  }
}

/** `logs/<namespace>/<pod>/<container>[.previous].log` */
function ownLog(parts: string[], text: string): LogExcerpt[] {
  const [, namespace, pod, file] = parts;
  if (!namespace || !pod || !file || parts.length !== 4) return [];
  const name = basename(file, '.log');
  const previous = name.endsWith('.previous');
  const container = previous ? name.slice(0, -'.previous'.length) : name;
  return [{ namespace, pod, container, previous, text: tailOf(text) }];
}

const DUMP_MARK = /^==== (START|END) logs for container (\S+) of pod ([^/\s]+)\/(\S+) ====$/gm;

/** `logs.txt` of `kubectl cluster-info dump`: every container of a pod between two marks. */
function dumpedLogs(text: string): LogExcerpt[] {
  const logs: LogExcerpt[] = [];
  let start: number | undefined;
  for (const match of text.matchAll(DUMP_MARK)) {
    const [mark, edge, container = '', namespace = '', pod = ''] = match;
    if (edge === 'START') start = match.index + mark.length + 1;
    else if (start !== undefined) {
      const body = text.slice(start, match.index);
      start = undefined;
      if (!/^(Request log error|Create log request error): /.test(body))
        logs.push({ namespace, pod, container, previous: false, text: tailOf(body) });
    }
  }
  return logs;
}

const isLost = ({ text }: LogExcerpt): boolean => isLostLog(text);

const lostGap = ({ namespace, pod, container, previous, text }: LogExcerpt): Gap => ({
  kind: 'logs',
  namespace,
  name: `${pod}/${container}${previous ? ' --previous' : ''}`,
  reason: 'evidence-expired',
  detail: text.trim(),
});

const tailOf = (text: string): string => text.slice(-MAX_LOG_BYTES);

function parseStats(text: string): KubeletStats | undefined {
  try {
    const summary = JSON.parse(text) as KubeletStats;
    return typeof summary?.node === 'object' ? summary : undefined;
  } catch {
    return undefined;
  }
}

/** The newest moment that the objects tell of: a dump without notes was made then or a little later. */
function newestTime(objects: KubeObject[]): string {
  let newest = 0;
  const see = (time: string | undefined): void => {
    const value = Date.parse(time ?? '');
    if (value > newest) newest = value;
  };
  for (const object of objects) {
    see(object.metadata.creationTimestamp);
    if (object.kind === 'Event') {
      const { lastTimestamp, eventTime, series } = object as Event;
      for (const time of [lastTimestamp, eventTime, series?.lastObservedTime]) see(time);
    }
    if (object.kind === 'Node')
      for (const { lastHeartbeatTime } of (object as KubeNode).status?.conditions ?? [])
        see(lastHeartbeatTime);
  }
  return new Date(newest).toISOString();
}

/** What was not there to be read, kind by kind. */
function gapsOf(
  notes: SnapshotNotes,
  objects: KubeObject[],
  listed: ReadonlySet<string>,
  logs: LogExcerpt[],
  stats: Record<string, KubeletStats>,
): Gap[] {
  const gaps: Gap[] = [...(notes.gaps ?? [])];
  const lacks = (kind: string): void => {
    if (gaps.some((gap) => gap.kind === kind && !gap.name && !gap.namespace)) return;
    gaps.push({ kind, reason: 'not-in-snapshot', detail: t('the snapshot holds none') });
  };
  const { namespaced = [], cluster = [] } = notes.collected ?? {};
  // Of kube-system every diagnosis reads DNS and no more: that is no gap.
  const read = new Set([...namespaced, ...cluster, ...listed, ...objects.map(({ kind }) => kind)]);
  for (const kind of [...NAMESPACE_KINDS, ...NAMES_ONLY, ...CLUSTER_KINDS, 'Node', 'PersistentVolume'])
    if (!read.has(kind)) lacks(kind);
  // Ours come with all that was asked for, and with a gap for what was not given.
  if (notes.collected) return gaps;
  if (logs.length === 0) lacks('logs');
  if (Object.keys(stats).length === 0) lacks('stats');
  return gaps;
}
