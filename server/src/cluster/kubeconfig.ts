/**
 * Reads kubeconfig files as kubectl does: a list of files, the missing ones ignored, the first that names a
 * cluster, user, context or current context wins, relative paths count from the file that holds them.
 * Reads files and nothing else: no process is started, no socket opened.
 * Facts: https://kubernetes.io/docs/concepts/configuration/organize-cluster-access-kubeconfig/
 */
import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, dirname, isAbsolute, join, resolve, sep } from 'node:path';
import { parseDocument } from 'yaml';
import type { ContextInfo } from '../protocol.ts';
import { invalidKubeconfig, noKubeconfig } from './failure.ts';

export interface ClusterEntry {
  server: string;
  caFile?: string;
  caData?: string;
  insecure: boolean;
  tlsServerName?: string;
  proxyUrl?: string;
  disableCompression: boolean;
  /** `extensions` entry `client.authentication.k8s.io/exec`, handed to exec plugins. */
  execConfig?: unknown;
  file: string;
}

/** A credential plugin (https://kubernetes.io/docs/reference/config-api/client-authentication.v1/). */
export interface ExecPlugin {
  apiVersion: string;
  /** Absolute when it was written with a path; a bare name is looked up in PATH. */
  command: string;
  args: string[];
  env: { name: string; value: string }[];
  installHint?: string;
  provideClusterInfo: boolean;
  interactiveMode: string;
  file: string;
}

export interface UserEntry {
  certFile?: string;
  certData?: string;
  keyFile?: string;
  keyData?: string;
  token?: string;
  tokenFile?: string;
  username?: string;
  password?: string;
  impersonate?: { user: string; uid?: string; groups: string[]; extra: Record<string, string[]> };
  exec?: ExecPlugin;
  /** Name of a legacy auth provider; refused on use. */
  authProvider?: string;
  file: string;
}

export interface ContextEntry {
  cluster: string;
  user: string;
  namespace: string;
  file: string;
}

export interface Kubeconfig {
  /** Files that were read, in order. */
  files: string[];
  clusters: Map<string, ClusterEntry>;
  users: Map<string, UserEntry>;
  contexts: Map<string, ContextEntry>;
  currentContext?: string;
  /** Hash of all that was read. */
  hash: string;
}

export interface Environment {
  env: Readonly<Record<string, string | undefined>>;
  home: string;
}

export const processEnvironment = (): Environment => ({ env: process.env, home: homedir() });

/** Kubeconfigs with embedded certificates of hundreds of clusters stay below this. */
const MAX_BYTES = 16 * 1024 * 1024;

/** The files kubectl would look at. An explicit file, or a list of them as in KUBECONFIG, replaces the list. */
export function kubeconfigPaths(explicit: string | undefined, { env, home }: Environment): string[] {
  const list = explicit || env.KUBECONFIG;
  if (list) {
    const paths = list.split(delimiter).filter((path) => path !== '');
    return [...new Set(explicit ? paths.map((path) => expandHome(path, home)) : paths)];
  }
  return [join(home, '.kube', 'config')];
}

const expandHome = (path: string, home: string): string =>
  path.startsWith('~/') ? join(home, path.slice(2)) : path;

/** Loads and merges. Throws `no-kubeconfig` when no file exists, `invalid-kubeconfig` when one cannot be used. */
export async function loadKubeconfig(
  explicit?: string,
  environment = processEnvironment(),
): Promise<Kubeconfig> {
  const paths = kubeconfigPaths(explicit, environment).map((path) => resolve(path));
  const merged: Kubeconfig = {
    files: [],
    clusters: new Map(),
    users: new Map(),
    contexts: new Map(),
    hash: '',
  };
  const hash = createHash('sha256');
  for (const file of paths) {
    const text = await readIfThere(file);
    if (text === undefined) continue;
    merged.files.push(file);
    hash.update(file).update('\0').update(text).update('\0');
    merge(merged, parse(file, text), file);
  }
  if (merged.files.length === 0) throw noKubeconfig(paths);
  merged.hash = hash.digest('hex');
  return merged;
}

/** Contexts for a picker, in the order of the files. */
export const contextInfos = (config: Kubeconfig): ContextInfo[] =>
  [...config.contexts].map(([name, { cluster, namespace, file }]) => ({
    name,
    cluster,
    server: config.clusters.get(cluster)?.server ?? '',
    namespace,
    current: name === config.currentContext,
    file,
  }));

async function readIfThere(file: string): Promise<string | undefined> {
  try {
    const { size } = await stat(file);
    if (size > MAX_BYTES) throw invalidKubeconfig(file, `${size} bytes, more than ${MAX_BYTES}`);
    return await readFile(file, 'utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    if (code === undefined) throw error;
    throw invalidKubeconfig(file, message);
  }
}

type Fields = Record<string, unknown>;

function parse(file: string, text: string): Fields {
  // Every scalar as text: a token of digits stays what is written; the few booleans are read below.
  const document = parseDocument(text, { schema: 'failsafe', uniqueKeys: false, logLevel: 'silent' });
  const [problem] = document.errors;
  if (problem) throw invalidKubeconfig(file, problem.message.split('\n')[0] ?? '');
  let data: unknown;
  try {
    data = document.toJS({ maxAliasCount: 100 });
  } catch (error) {
    throw invalidKubeconfig(file, error instanceof Error ? error.message : String(error));
  }
  if (data === null || data === '' || data === undefined) return {};
  if (typeof data !== 'object' || Array.isArray(data))
    throw invalidKubeconfig(file, 'it holds no mapping at its top');
  const { kind } = data as Fields;
  if (kind !== undefined && kind !== 'Config')
    throw invalidKubeconfig(file, `its kind is ${String(kind)}, not Config`);
  return data as Fields;
}

function merge(into: Kubeconfig, data: Fields, file: string): void {
  const base = dirname(file);
  for (const [name, fields] of named(data.clusters, 'cluster'))
    if (!into.clusters.has(name)) into.clusters.set(name, clusterOf(fields, file, base));
  for (const [name, fields] of named(data.users, 'user'))
    if (!into.users.has(name)) into.users.set(name, userOf(fields, file, base));
  for (const [name, fields] of named(data.contexts, 'context'))
    if (!into.contexts.has(name))
      into.contexts.set(name, {
        cluster: text(fields.cluster) ?? '',
        user: text(fields.user) ?? '',
        namespace: text(fields.namespace) ?? 'default',
        file,
      });
  const current = text(data['current-context']);
  if (into.currentContext === undefined && current !== undefined) into.currentContext = current;
}

function* named(list: unknown, key: string): Generator<[string, Fields]> {
  for (const entry of Array.isArray(list) ? list : []) {
    const name = text((entry as Fields | null)?.name);
    if (name !== undefined) yield [name, fieldsOf((entry as Fields)[key])];
  }
}

const fieldsOf = (value: unknown): Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};

const text = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;

const flag = (value: unknown): boolean => value === 'true' || value === 'True' || value === 'TRUE';

const texts = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : [];

/** Drops absent values, so that optional fields stay absent. */
function present<T extends object>(fields: { [K in keyof T]: T[K] | undefined }): T {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T;
}

const from = (base: string, path: string | undefined): string | undefined =>
  path === undefined || isAbsolute(path) ? path : join(base, path);

function clusterOf(fields: Fields, file: string, base: string): ClusterEntry {
  const extension = (Array.isArray(fields.extensions) ? fields.extensions : []).find(
    (each: Fields | null) => each?.name === 'client.authentication.k8s.io/exec',
  ) as Fields | undefined;
  return present<ClusterEntry>({
    server: text(fields.server) ?? '',
    caFile: from(base, text(fields['certificate-authority'])),
    caData: text(fields['certificate-authority-data']),
    insecure: flag(fields['insecure-skip-tls-verify']),
    tlsServerName: text(fields['tls-server-name']),
    proxyUrl: text(fields['proxy-url']),
    disableCompression: flag(fields['disable-compression']),
    execConfig: extension?.extension,
    file,
  });
}

function userOf(fields: Fields, file: string, base: string): UserEntry {
  const as = text(fields.as);
  const provider = fields['auth-provider'];
  return present<UserEntry>({
    certFile: from(base, text(fields['client-certificate'])),
    certData: text(fields['client-certificate-data']),
    keyFile: from(base, text(fields['client-key'])),
    keyData: text(fields['client-key-data']),
    token: text(fields.token),
    tokenFile: from(base, text(fields.tokenFile)),
    username: text(fields.username),
    password: text(fields.password),
    impersonate:
      as === undefined
        ? undefined
        : present({
            user: as,
            uid: text(fields['as-uid']),
            groups: texts(fields['as-groups']),
            extra: Object.fromEntries(
              Object.entries(fieldsOf(fields['as-user-extra'])).map(([key, value]) => [key, texts(value)]),
            ),
          }),
    exec: fields.exec === undefined ? undefined : pluginOf(fieldsOf(fields.exec), file, base),
    authProvider: provider === undefined ? undefined : (text(fieldsOf(provider).name) ?? 'unnamed'),
    file,
  });
}

function pluginOf(fields: Fields, file: string, base: string): ExecPlugin {
  const command = text(fields.command) ?? '';
  const hasPath = command.includes('/') || command.includes(sep);
  return present<ExecPlugin>({
    apiVersion: text(fields.apiVersion) ?? '',
    command: hasPath ? (from(base, command) ?? command) : command,
    args: texts(fields.args),
    env: (Array.isArray(fields.env) ? fields.env : []).flatMap((each: Fields | null) => {
      const name = text(each?.name);
      return name === undefined ? [] : [{ name, value: text(each?.value) ?? '' }];
    }),
    installHint: text(fields.installHint),
    provideClusterInfo: flag(fields.provideClusterInfo),
    interactiveMode: text(fields.interactiveMode) ?? 'IfAvailable',
    file,
  });
}
