import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import type { KubeObject } from '../api.ts';
import { here, registryName } from '../layout.ts';
import { SetupError } from '../setupError.ts';

/** What has to be seen before the diagnosis is asked. All of a fault's conditions must hold at once. */
export type Condition =
  /** So many pods (default 1) have a value at a path: equal to `is`, matching `matches`, or just there. */
  | ({ kind: 'pods'; selector: string; count?: number } & Match)
  /** The same of one object, `Kind/name`. */
  | ({ kind: 'object'; object: string } & Match)
  /** An event with this reason, and if wanted a message like this, is there. */
  | { kind: 'event'; reason: string; matches?: string }
  /** A container's log of some pod has a line like this; previous: the log before the last restart. */
  | { kind: 'log'; selector: string; matches: string; previous?: boolean }
  /** So many seconds have gone by since everything was planted. */
  | { kind: 'time'; seconds: number };

export interface Match {
  path: string;
  is?: string | number | boolean;
  matches?: string;
}

/** What is done to the cluster after the manifests are there, and undone afterwards in reverse. */
export type Act =
  | { kind: 'stop'; process: string }
  | { kind: 'unroute'; node: string }
  | { kind: 'patch'; object: string; patch: unknown; undo: unknown }
  | { kind: 'wait'; condition: Condition }
  /** Asked for, not waited for; the namespace's end takes the rest. */
  | { kind: 'delete'; object: string };

/** Acts that need the processes or the network of our own cluster. */
export const needsOwnCluster = (fault: Fault): boolean =>
  (fault.acts ?? []).some((act) => act.kind === 'stop' || act.kind === 'unroute');

/** Kinds whose mere presence changes what is right about a namespace elsewhere: claims look for a class. */
const SHARED_KINDS = ['StorageClass'];

/** Acts on what all namespaces share: two such faults would be in each other's way. */
export const needsQuiet = (fault: Fault): boolean =>
  needsOwnCluster(fault) ||
  fault.manifests.some(({ kind }) => SHARED_KINDS.includes(kind)) ||
  (fault.acts ?? []).some((act) => 'object' in act && /^Node\/|^[^/]+\/[^/]+\/[^/]+$/.test(act.object));

/**
 * The right answer. `object`, `path`, `message` and `leadsTo` say it word for word. What a cluster draws by lot or has
 * of its own is a star: * for characters without a space (the end of a name, a node, an address, a time, a count), **
 * for anything (a list of nodes).
 */
export interface Expectation {
  /** Failure mode of the first root cause; null: nothing may be found. */
  root: string | null;
  /** `Kind/namespace/name` of that cause; several where several are right. */
  object?: string | string[];
  /** Its place in the object: `spec.ports[0].targetPort`; empty where it has none. */
  path?: string;
  /** Its sentence. */
  message?: string;
  /** How sure it is. */
  confidence?: string;
  /** A regular expression for some of its evidence, as `source path text`. */
  evidence?: string;
  /** Consequences that it must explain: failure mode and sentence. Others may be there. */
  leadsTo?: Record<string, string>;
  /** What else must be said, as a further cause or as a remark: failure mode and sentence. */
  also?: Record<string, string>;
  /** Failure modes that no root cause may have. */
  not?: string[];
  /** Patterns of what must be said not to be checked: `check: reason: detail`. */
  notChecked?: string[];
}

export interface Fault {
  id: string;
  summary: string;
  /** `Kind/name` of what a user would point at. */
  diagnose: string;
  /** Asks with an active test, which must tell something and leave no pod behind. */
  probe?: boolean;
  /** Name of the ServiceAccount, among the manifests, whose permissions the diagnosis has; default: everything. */
  as?: string;
  wait: Condition[];
  timeoutSeconds?: number;
  acts?: Act[];
  expect: Expectation;
  manifests: KubeObject[];
}

const FOLDER = join(here, 'faults');

export function faultIds(): string[] {
  return readdirSync(FOLDER, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
}

/** Reads one fault. Its namespace has its name, and objects without a namespace of their own live there. */
export function loadFault(id: string): Fault {
  const folder = join(FOLDER, id);
  if (!existsSync(join(folder, 'fault.json'))) {
    throw new SetupError(`There is no fault ${id}; there are: ${faultIds().join(', ')}.`);
  }
  const textOf = (file: string): string =>
    readFileSync(join(folder, file), 'utf8').replaceAll(registryName, registry());
  const description = JSON.parse(textOf('fault.json')) as Omit<Fault, 'id' | 'manifests'>;
  const manifests = parseAllDocuments(textOf('manifests.yaml')).map((document) => {
    const [error] = document.errors;
    if (error) throw new SetupError(`${id}/manifests.yaml: ${error.message}`);
    return document.toJS() as KubeObject;
  });
  return { id, ...description, manifests: manifests.map((object) => inNamespace(object, id)) };
}

/** The image that active tests run. */
export const toolsImage = (): string => `${registry()}/tools:1`;

/** Where the images come from in somebody else's cluster. */
const registry = (): string => process.env.POD_TRIAGE_REGISTRY || registryName;

function inNamespace(object: KubeObject, namespace: string): KubeObject {
  return { ...object, metadata: { namespace, ...object.metadata } };
}
