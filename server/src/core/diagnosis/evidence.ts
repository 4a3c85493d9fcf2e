/** Facts quoted from where they were read, and the commands that show them again. */
import type { Evidence } from '../finding.ts';
import type { ObjectRef } from '../kube/ref.ts';
import type { Resource } from '../kube/store.ts';
import type { Event, Pod } from '../kube/types.ts';
import { formatPath, type Path, valueAt } from '../path.ts';
import type { ContainerFact } from './containers.ts';
import { eventEvidence } from './eventFacts.ts';
import { lastLines, tellingLine } from './logText.ts';
import type { Scene } from './scene.ts';

/** `Pod shop/web-1`: how evidence names an object. */
export const sourceOf = ({ kind, namespace, name }: ObjectRef): string =>
  namespace ? `${kind} ${namespace}/${name}` : `${kind} ${name}`;

/** The value at a path of an object: text as it is, anything else as JSON. */
export function fieldEvidence(resource: Resource, path: Path, at?: string): Evidence {
  const value = valueAt(resource.object, path);
  return {
    source: sourceOf(resource.ref),
    path: formatPath(path),
    text: typeof value === 'string' ? value : (JSON.stringify(value) ?? '(absent)'),
    ...(at ? { at } : {}),
  };
}

/** How a container ended: the whole termination state, in the words of the status. */
export function endedEvidence({ pod, ended, endedPath }: ContainerFact): Evidence[] {
  if (!ended) return [];
  const { exitCode, reason, signal, message } = ended;
  const parts = [`exitCode: ${exitCode}`];
  if (reason) parts.push(`reason: ${reason}`);
  if (signal) parts.push(`signal: ${signal}`);
  if (message) parts.push(`message: ${message}`);
  return [
    {
      source: sourceOf(pod.ref),
      path: formatPath(endedPath),
      text: parts.join(', '),
      ...(ended.finishedAt ? { at: ended.finishedAt } : {}),
    },
  ];
}

/** The waiting state of a container. */
export function waitingEvidence({ pod, statusPath, waiting, waitingMessage }: ContainerFact): Evidence[] {
  if (!waiting) return [];
  return [
    {
      source: sourceOf(pod.ref),
      path: formatPath([...statusPath, 'state', 'waiting']),
      text: waitingMessage ? `${waiting}: ${waitingMessage}` : waiting,
    },
  ];
}

export const logEvidence = (
  pod: Resource<Pod>,
  container: string,
  previous: boolean,
  line: string,
): Evidence => ({
  source: `Log ${pod.ref.name}/${container}${previous ? ' (previous)' : ''}`,
  text: line,
});

/**
 * The log of the run that ended: the previous one while another runs or waits, else the current one. Between the
 * status and the log the container may have begun anew, with nothing in its log yet: one with text comes first.
 */
export function endedLog(scene: Scene, fact: ContainerFact): { text: string; previous: boolean } | undefined {
  const { terminated, running } = fact.status?.state ?? {};
  const runs = terminated ? [false, true] : running ? [true] : [true, false];
  const logs = runs.flatMap((previous) => {
    const text = scene.logOf(fact.pod, fact.name, previous);
    return text === undefined ? [] : [{ text, previous }];
  });
  return logs.find(({ text }) => text.trim() !== '') ?? logs[0];
}

/** The last lines of the run that ended, newest last; the one that says what happened is among them. */
export function endedLogEvidence(scene: Scene, fact: ContainerFact, count = 3): Evidence[] {
  const log = endedLog(scene, fact);
  if (!log) return [];
  const tail = lastLines(log.text, count);
  const told = tellingLine(log.text);
  const lines = told === undefined || tail.includes(told) ? tail : [told, ...tail.slice(1)];
  return lines.map((line) => logEvidence(fact.pod, fact.name, log.previous, line));
}

export const eventsEvidence = (events: readonly Event[], count = 1): Evidence[] =>
  events.slice(0, count).map(eventEvidence);

/** Words that are safe in a shell line as they are; the API server's own name rules are narrower. */
const PLAIN = /^[A-Za-z0-9][A-Za-z0-9._:/=,-]*$/;

/** `kubectl -n shop logs web-1 -c app --previous`; nothing when a name has characters no Kubernetes name has. */
export function kubectl(namespace: string | undefined, ...words: string[]): string[] {
  const all = namespace ? ['-n', namespace, ...words] : words;
  if (!all.every((word) => PLAIN.test(word.replace(/^--?/, '')))) return [];
  return [`kubectl ${all.join(' ')}`];
}

export const describeCommand = ({ kind, namespace, name }: ObjectRef): string[] =>
  kubectl(namespace, 'describe', kind.toLowerCase(), name);

export const logCommand = ({ pod, name, status }: ContainerFact): string[] =>
  kubectl(
    pod.ref.namespace,
    'logs',
    pod.ref.name,
    '-c',
    name,
    ...(status?.state?.running || (status?.restartCount ?? 0) === 0 ? [] : ['--previous']),
  );
