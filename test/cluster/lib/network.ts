import { existsSync, readdirSync, rmdirSync } from 'node:fs';
import { type NodePlan, type Plan, planOf, SLOTS } from './layout.ts';
import { endPids } from './processes.ts';
import { run } from './run.ts';

const ip = (...args: string[]): Promise<string> => run(['ip', ...args]);
const ipMaybe = (...args: string[]): Promise<string> => run(['ip', ...args], { allowFailure: true });
const inside = (netns: string, ...args: string[]): Promise<string> => ip('-n', netns, ...args);

const ranges = (plan: Plan): string[] => [plan.podRange, plan.serviceRange, plan.nodeRange];

/**
 * Two node namespaces on a switch in a third one, and one link from there to the host. The switch is not on
 * the host, so that a firewall there (Docker's, say) never sees what nodes say to each other.
 *
 * Nothing gets out of the machine: the host forwards nothing for this link, the nodes' default route is
 * unreachable, and on the host a packet for an address of ours that has no route is refused at once.
 */
export async function networkUp(plan: Plan): Promise<void> {
  for (const range of ranges(plan)) await ip('route', 'replace', 'unreachable', range, 'metric', '9000');

  await ip('netns', 'add', plan.lanNetns);
  await inside(plan.lanNetns, 'link', 'add', 'switch', 'type', 'bridge');
  await inside(plan.lanNetns, 'link', 'set', 'switch', 'up');
  await ip('link', 'add', plan.hostLink, 'type', 'veth', 'peer', 'name', 'host', 'netns', plan.lanNetns);
  await inside(plan.lanNetns, 'link', 'set', 'host', 'master', 'switch', 'up');
  if (existsSync('/proc/sys/net/ipv6')) await setSysctl(`ipv6/conf/${plan.hostLink}/disable_ipv6`, '1');
  await setSysctl(`ipv4/conf/${plan.hostLink}/forwarding`, '0');
  await ip('addr', 'add', `${plan.hostAddress}/24`, 'dev', plan.hostLink);
  await ip('link', 'set', plan.hostLink, 'up');

  for (const node of plan.nodes) await addNode(plan, node);
}

async function addNode(plan: Plan, node: NodePlan): Promise<void> {
  await ip('netns', 'add', node.netns);
  await inside(
    plan.lanNetns,
    'link',
    'add',
    node.name,
    'type',
    'veth',
    'peer',
    'name',
    'eth0',
    'netns',
    node.netns,
  );
  await inside(plan.lanNetns, 'link', 'set', node.name, 'master', 'switch', 'up');
  await inside(node.netns, 'link', 'set', 'lo', 'up');
  await inside(node.netns, 'addr', 'add', `${node.address}/24`, 'dev', 'eth0');
  await inside(node.netns, 'link', 'set', 'eth0', 'up');
  // The host drops what comes here for an address that nobody has: a client sees a timeout, as it would
  // behind a router. Without the Service route a program on the node itself could not even send.
  for (const range of [plan.podRange, plan.serviceRange]) {
    await inside(node.netns, 'route', 'add', range, 'via', plan.hostAddress);
  }
  await inside(node.netns, 'route', 'add', 'unreachable', 'default', 'metric', '9000');
  // Pods use this address as their gateway; the kernel answers for it (proxy ARP) only if a route leads there.
  await inside(node.netns, 'route', 'add', '169.254.1.1', 'dev', 'lo', 'scope', 'link');
  await setSysctl('ipv4/ip_forward', '1', node.netns);
}

/** /proc/sys/net belongs to the network namespace of who opens it. */
async function setSysctl(name: string, value: string, netns?: string): Promise<void> {
  const enter = netns ? ['nsenter', `--net=/run/netns/${netns}`] : [];
  await run([...enter, 'tee', `/proc/sys/net/${name}`], { input: value });
}

/** Makes a node's pods reachable from the host and from the other nodes. */
export async function routePods(plan: Plan, node: NodePlan, podCidr: string): Promise<void> {
  await ip('route', 'replace', podCidr, 'via', node.address);
  for (const other of plan.nodes.filter((n) => n !== node)) {
    await inside(other.netns, 'route', 'replace', podCidr, 'via', node.address);
  }
}

/** Takes away the other nodes' routes to a node's pods: an overlay that is broken in one direction. */
export async function unroutePods(plan: Plan, node: NodePlan): Promise<void> {
  for (const other of plan.nodes.filter((n) => n !== node)) {
    const routes = await inside(other.netns, 'route', 'show', 'via', node.address);
    for (const podCidr of routes
      .split('\n')
      .map((line) => line.split(' ')[0] ?? '')
      .filter(Boolean)) {
      await inside(other.netns, 'route', 'del', podCidr, 'via', node.address);
    }
  }
}

export async function networkDown(plan: Plan): Promise<void> {
  const known = (await ipMaybe('netns', 'list')).split('\n').map((line) => line.split(' ')[0]);
  for (const netns of [...plan.nodes.map((n) => n.netns), plan.lanNetns].filter((n) => known.includes(n))) {
    const pids = (await ipMaybe('netns', 'pids', netns)).split('\n').filter(Boolean).map(Number);
    await endPids(pids, 1000);
    await ip('netns', 'del', netns);
  }
  await removeNetnsFolder();
  await ipMaybe('link', 'del', plan.hostLink);
  for (const range of ranges(plan)) await ipMaybe('route', 'del', 'unreachable', range, 'metric', '9000');
}

/** `ip netns add` mounts this folder onto itself when it makes the first namespace. */
async function removeNetnsFolder(): Promise<void> {
  const folder = '/run/netns';
  if (!existsSync(folder) || readdirSync(folder).length > 0) return;
  await run(['umount', folder], { allowFailure: true });
  if (readdirSync(folder).length === 0) rmdirSync(folder);
}

/** Slots whose addresses somebody else's route on this machine already leads to. */
export async function slotsInUse(): Promise<Map<number, string>> {
  const lines = (await ip('-4', 'route', 'show')).split('\n').filter(Boolean);
  const destinations = lines
    .map((line) => line.replace(/^(unreachable|blackhole|prohibit|throw) /, '').split(' ')[0] ?? '')
    .filter((destination) => destination !== 'default' && destination !== '');
  const used = new Map<number, string>();
  for (let slot = 0; slot < SLOTS; slot++) {
    const clash = destinations.find((d) => ranges(planOf(slot)).some((range) => overlap(range, d)));
    if (clash) used.set(slot, clash);
  }
  return used;
}

function overlap(a: string, b: string): boolean {
  const [first, firstBits] = parseRange(a);
  const [second, secondBits] = parseRange(b);
  const shift = 2 ** (32 - Math.min(firstBits, secondBits));
  return Math.floor(first / shift) === Math.floor(second / shift);
}

function parseRange(range: string): [number, number] {
  const [address = '', bits = '32'] = range.split('/');
  return [address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0), Number(bits)];
}
