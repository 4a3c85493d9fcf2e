/**
 * Makes a recorded snapshot look the same each time it is recorded: what a cluster draws by lot or counts up (ids,
 * suffixes of names, addresses, times of day) gets values in the order of appearance. Nothing else is touched, and
 * equal things stay equal, so that the diagnosis reads the same story.
 */
import { timeOf } from '../../../../server/src/core/diagnosis/eventFacts.ts';
import type { Observed } from '../../../../server/src/core/diagnosis/observed.ts';
import type { KubeObject } from '../../../../server/src/core/kube/object.ts';
import type { Event, KubeNode, Pod } from '../../../../server/src/core/kube/types.ts';
import type { SnapshotNotes } from '../../../../server/src/snapshot/layout.ts';

/** What a snapshot folder holds, apart from its place. */
export type Recording = Pick<Observed, 'objects' | 'logs'> & { notes: SnapshotNotes };

/** When every recorded namespace came to be. */
const EPOCH = Date.parse('2026-01-01T00:00:00Z');
const MINUTE = 60_000;
const DAY = 1440 * MINUTE;
/** What was there before the fault has been there for a day: when the cluster was started is no part of it. */
const LONG_AGO = EPOCH - DAY;
/** Dates further away than this were chosen, not measured: those of certificates. */
const FAR = 400 * DAY;

const SUFFIX = '[bcdfghjklmnpqrstvwxz2456789]{5}';
const HEX64 = /\b[0-9a-f]{64}\b/g;
const UUID = /\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g;

/** The recording of a namespace in our own cluster, with steady names, ids, addresses and times. */
export function steady(recording: Recording, namespace: string): Recording {
  const born = bornAt(recording.objects, namespace);
  const told = recording.objects.filter((object) => !isOldEvent(object, born));
  const objects = inOrder(told.map(withoutVersions));
  const replace = [
    ids(),
    podNames(objects),
    addresses(objects),
    times(objects, born),
    // Where the kubelets of our cluster have their folder says on whose machine it is.
    (text: string) => text.replace(/\/[^\s"',:]*\/real\/[ab]\/kubelet\b/g, '/var/lib/kubelet'),
    (text: string) =>
      text
        .replace(/:(?:3[2-9]|[45]\d|6[0-5])\d{3}->/g, ':40000->')
        .replace(/\bin [\d.]+m?s \([\d.]+m?s including waiting\)/g, 'in 1s (1s including waiting)'),
  ];
  const change = (text: string): string => replace.reduce((before, step) => step(before), text);
  const changed = strings({ ...recording, objects }, change) as Recording;
  return { ...changed, objects: eventNames(inOrder(changed.objects)), logs: sortedLogs(changed.logs) };
}

/** Applies a change to every string in plain data, the names of fields included. */
function strings(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === 'string') return change(value);
  if (Array.isArray(value)) return value.map((item) => strings(item, change));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [change(name), strings(item, change)]),
  );
}

/** Versions count what happens in the whole cluster, and the rest here tells of the machine it runs on. */
function withoutVersions(object: KubeObject): KubeObject {
  const copy = structuredClone(object) as KubeObject & Record<string, unknown>;
  delete copy.metadata.resourceVersion;
  // The network's notes to itself, one sandbox after the other.
  for (const name of Object.keys(copy.metadata.annotations ?? {}))
    if (name.startsWith('cni.projectcalico.org/')) delete copy.metadata.annotations?.[name];
  if (copy.kind === 'Event') {
    const event = copy as Event & Record<string, unknown>;
    delete event.metadata.uid;
    delete event.reportingInstance;
    delete (event.involvedObject as Record<string, unknown> | undefined)?.resourceVersion;
  }
  const info = (copy as KubeNode & { status?: { nodeInfo?: Record<string, string> } }).status?.nodeInfo;
  if (info) for (const name of ['machineID', 'systemUUID', 'bootID', 'kernelVersion']) delete info[name];
  return copy;
}

/** By namespace, kind and name without what is drawn by lot; then by age. */
function inOrder(objects: readonly KubeObject[]): KubeObject[] {
  const key = (object: KubeObject): string => {
    const { namespace = '~', name = '', generateName, creationTimestamp } = object.metadata;
    const { involvedObject, eventTime, firstTimestamp, reason } = object as Event;
    const { spec } = object as Pod;
    return [
      namespace,
      object.kind,
      ...(object.kind === 'Event'
        ? [involvedObject?.kind, involvedObject?.name, firstTimestamp ?? eventTime, reason, name]
        : [generateName ?? name, spec?.nodeName, creationTimestamp, name]),
    ].join('\n');
  };
  return [...objects].sort((a, b) => (key(a) < key(b) ? -1 : 1));
}

const sortedLogs = (logs: Recording['logs']): Recording['logs'] =>
  [...logs].sort((a, b) =>
    [a.namespace, a.pod, a.container, a.previous].join() <
    [b.namespace, b.pod, b.container, b.previous].join()
      ? -1
      : 1,
  );

/** Events are named after what they are about and the nanosecond they were written in. */
function eventNames(objects: readonly KubeObject[]): KubeObject[] {
  const counts = new Map<string, number>();
  return objects.map((object) => {
    if (object.kind !== 'Event') return object;
    const about = (object as Event).involvedObject?.name ?? '';
    const count = (counts.get(about) ?? 0) + 1;
    counts.set(about, count);
    return {
      ...object,
      metadata: { ...object.metadata, name: `${about}.${String(count).padStart(3, '0')}` },
    };
  });
}

/** Gives each different text a number, in the order of appearance. */
function numbers(): (text: string) => number {
  const seen = new Map<string, number>();
  return (text) => {
    const number = seen.get(text) ?? seen.size + 1;
    seen.set(text, number);
    return number;
  };
}

function ids(): (text: string) => string {
  const uuid = numbers();
  const hex = numbers();
  const volume = numbers();
  return (text) =>
    text
      .replace(UUID, (found) => `00000000-0000-4000-8000-${String(uuid(found)).padStart(12, '0')}`)
      .replace(HEX64, (found) => String(hex(found)).padStart(64, '0'))
      .replace(
        new RegExp(`\\bkube-api-access-(${SUFFIX})\\b`, 'g'),
        (_, found: string) => `kube-api-access-${String(volume(found)).padStart(5, '0')}`,
      );
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** Names that a controller completes: `web-6d4b75cb6d-x2x8z`, `nightly-29345678`. */
function podNames(objects: readonly KubeObject[]): (text: string) => string {
  const prefixes = new Set<string>();
  const crons = new Set<string>();
  for (const { kind, metadata } of objects) {
    if (metadata.generateName) prefixes.add(metadata.generateName);
    if (['ReplicaSet', 'DaemonSet', 'Job'].includes(kind)) prefixes.add(`${metadata.name}-`);
    if (kind === 'CronJob') crons.add(`${metadata.name}-`);
  }
  const of = (words: ReadonlySet<string>, tail: string): RegExp =>
    new RegExp(
      `(?<![a-z0-9-])(${[...words].sort().reverse().map(escaped).join('|') || '(?!)'})(${tail})(?![a-z0-9])`,
      'g',
    );
  const pods = of(prefixes, `(?:\\d+-)?${SUFFIX}`);
  const jobs = of(crons, '\\d{8}');
  const pod = new Map<string, (text: string) => number>();
  const count = (prefix: string, suffix: string): number => {
    const counter = pod.get(prefix) ?? numbers();
    pod.set(prefix, counter);
    return counter(suffix);
  };
  return (text) =>
    text
      .replace(pods, (_, prefix: string, suffix: string) => {
        const index = /^\d+-/.exec(suffix)?.[0] ?? '';
        return `${prefix}${index}${String(count(prefix, suffix)).padStart(5, '0')}`;
      })
      .replace(jobs, (_, prefix: string, minute: string) => `${prefix}${29_450_000 + count(prefix, minute)}`);
}

/** Addresses of the checkout's slot become those of slot 0; pods and Services get theirs in turn. */
function addresses(objects: readonly KubeObject[]): (text: string) => string {
  const ranges = objects
    .filter(({ kind }) => kind === 'Node')
    .flatMap((node) => (node as KubeNode & { spec?: { podCIDR?: string } }).spec?.podCIDR ?? []);
  const pods = new Map<string, (text: string) => number>();
  const service = numbers();
  const podAddress = (third: string, last: string): string => {
    const range = ranges.findIndex((cidr) => cidr.split('.')[2] === third);
    const place = range < 0 ? third : String(range);
    if (last === '0' || last === '1') return `10.240.${place}.${last}`;
    const counter = pods.get(place) ?? numbers();
    pods.set(place, counter);
    return `10.240.${place}.${counter(last) + 1}`;
  };
  return (text) =>
    text.replace(
      /(?<![\d.])10\.(\d+)\.(\d+)\.(\d+)(?![\d.]*\d)/g,
      (all, second: string, third: string, last: string) => {
        const net = Number(second);
        if (net >= 240 && net < 248) return podAddress(third, last);
        if (net >= 232 && net < 240) return `10.232.${third}.${last}`;
        if (net < 96 || net >= 104) return all;
        if (third === '0' && ['0', '1', '10'].includes(last)) return `10.96.${third}.${last}`;
        return `10.96.1.${service(all)}`;
      },
    );
}

const bornAt = (objects: readonly KubeObject[], namespace: string): number => {
  const found = objects.find(({ kind, metadata }) => kind === 'Namespace' && metadata.name === namespace);
  return Date.parse(found?.metadata.creationTimestamp ?? '');
};

/** What was said before the fault was planted is about other faults, or about the cluster's start. */
const isOldEvent = (object: KubeObject, born: number): boolean =>
  object.kind === 'Event' && Date.parse(timeOf(object as Event) ?? '') < born - MINUTE;

/** Moves all times so that the namespace, born at `start`, began at `EPOCH`. */
function times(objects: readonly KubeObject[], start: number): (text: string) => string {
  if (Number.isNaN(start)) return (text) => text;
  const clusterStart = Math.min(
    ...objects.map(({ metadata }) => Date.parse(metadata.creationTimestamp ?? '') || start),
  );
  const moved = (time: number): number | undefined => {
    if (Number.isNaN(time) || Math.abs(time - start) > FAR) return undefined;
    const isBefore = time < start - MINUTE && time > clusterStart - 10 * MINUTE;
    return isBefore ? LONG_AGO : EPOCH + Math.floor((time - start) / 1000) * 1000;
  };
  const iso = (time: number): string => new Date(time).toISOString().slice(0, 19);
  return (text) =>
    text
      .replace(
        /\b(20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d+)?Z/g,
        (all, seconds: string, fraction: string | undefined) => {
          const time = moved(Date.parse(`${seconds}Z`));
          return time === undefined ? all : `${iso(time)}${fraction ? '.000000' : ''}Z`;
        },
      )
      .replace(
        /\b(20\d\d)\/(\d\d)\/(\d\d) (\d\d:\d\d:\d\d)(?:\.\d+)?/g,
        (all, year: string, month: string, day: string, clock: string) => {
          const time = moved(Date.parse(`${year}-${month}-${day}T${clock}Z`));
          return time === undefined ? all : iso(time).replaceAll('-', '/').replace('T', ' ');
        },
      );
}
