import { createHash } from 'node:crypto';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export type Mode = 'real' | 'simulated';

/** test/cluster of this checkout. */
export const here = dirname(dirname(fileURLToPath(import.meta.url)));
export const checkout = resolve(here, '../..');

const home = (variable: string, fallback: string): string =>
  join(process.env[variable] || join(homedir(), fallback), 'pod-triage', 'cluster');

/** Built programs and images, by the hash of what they are made of; shared by all checkouts. */
export const cacheDir = home('XDG_CACHE_HOME', '.cache');

const checkoutKey = createHash('sha256').update(checkout).digest('hex').slice(0, 8);

/** Everything a running cluster writes. Short: the paths of unix sockets below may have 107 bytes only. */
export const stateDir = (mode: Mode): string =>
  join(home('XDG_STATE_HOME', '.local/state'), checkoutKey, mode);

export const registryName = 'registry.pod-triage.test:5000';
export const imageRef = (name: string, tag = '1'): string => `${registryName}/${name}:${tag}`;

export const clusterDomain = 'cluster.local';

export interface NodePlan {
  name: string;
  letter: string;
  address: string;
  netns: string;
  cgroup: string;
}

/** Addresses and names of one cluster. Every checkout on a machine has a slot of its own. */
export interface Plan {
  slot: number;
  podRange: string;
  serviceRange: string;
  nodeRange: string;
  /** The host's address in the node network: the API server, the registry and the outer DNS listen here. */
  hostAddress: string;
  hostLink: string;
  lanNetns: string;
  apiService: string;
  dnsService: string;
  nodes: readonly NodePlan[];
}

export const SLOTS = 8;

export function planOf(slot: number): Plan {
  const net = `10.${232 + slot}.0`;
  const node = (letter: string, last: number): NodePlan => ({
    name: `node-${letter}`,
    letter,
    address: `${net}.${last}`,
    netns: `pt${slot}-${letter}`,
    cgroup: `pod-triage-${slot}-${letter}`,
  });
  return {
    slot,
    podRange: `10.${240 + slot}.0.0/16`,
    serviceRange: `10.${96 + slot}.0.0/16`,
    nodeRange: `${net}.0/24`,
    hostAddress: `${net}.1`,
    hostLink: `pt${slot}`,
    lanNetns: `pt${slot}-lan`,
    apiService: `10.${96 + slot}.0.1`,
    dnsService: `10.${96 + slot}.0.10`,
    nodes: [node('a', 11), node('b', 12)],
  };
}
