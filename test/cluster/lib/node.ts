import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Api, KubeObject } from './api.ts';
import { mayLowerOomScore } from './capabilities.ts';
import { createCgroup } from './cgroups.ts';
import { type ControlPlane, serverOf } from './controlPlane.ts';
import { clusterDomain, imageRef, type NodePlan, registryName } from './layout.ts';
import { routePods } from './network.ts';
import { run, searchPath, until } from './run.ts';

interface NodeSetup {
  plane: ControlPlane;
  node: NodePlan;
  /** Everything of this node on disk. */
  folder: string;
}

const nodeFolder = (plane: ControlPlane, node: NodePlan): string =>
  join(plane.processes.stateDir, node.letter);

/** containerd with its images, then the node's three agents. */
export async function startNode(
  plane: ControlPlane,
  node: NodePlan,
  archives: readonly string[],
): Promise<void> {
  const setup: NodeSetup = { plane, node, folder: nodeFolder(plane, node) };
  createCgroup(node.cgroup);
  await startContainerd(setup, archives);
  startKubelet(setup);
  startFelix(setup);
  startKubeProxy(setup);
}

const socketOf = (setup: NodeSetup): string => join(setup.folder, 'containerd.sock');

async function startContainerd(setup: NodeSetup, archives: readonly string[]): Promise<void> {
  const { plane, node, folder } = setup;
  mkdirSync(join(folder, 'certs.d', registryName), { recursive: true });
  mkdirSync(join(folder, 'cni'), { recursive: true });
  const registry = `server = "http://${plane.plan.hostAddress}:5000"\n`;
  writeFileSync(join(folder, 'certs.d', registryName, 'hosts.toml'), registry);
  writeFileSync(join(folder, 'cni', '10-calico.conflist'), JSON.stringify(cniConfig(setup), null, 2));
  writeFileSync(join(folder, 'containerd.toml'), containerdConfig(setup));
  plane.processes.start({
    name: `containerd-${node.letter}`,
    netns: node.netns,
    argv: [`${plane.built.containerd}/containerd`, '--config', join(folder, 'containerd.toml')],
    env: { PATH: searchPath([`${plane.built.containerd}`, `${plane.built.runc}`]) },
  });
  const ctr = [`${plane.built.containerd}/ctr`, '--address', socketOf(setup), '--namespace', 'k8s.io'];
  await until(
    `containerd of ${node.name} becoming ready`,
    30,
    async () =>
      (await run([...ctr, 'version'], { allowFailure: true })).includes('Server') ? true : undefined,
    () => plane.processes.lastLines(`containerd-${node.letter}`, 3),
  );
  for (const archive of archives) await run([...ctr, 'images', 'import', archive]);
}

function containerdConfig({ plane, node, folder }: NodeSetup): string {
  return `version = 3
root = '${folder}/containerd'
state = '${folder}/run'
oom_score = 0
disabled_plugins = ['io.containerd.nri.v1.nri']

[grpc]
  address = '${folder}/containerd.sock'

[plugins.'io.containerd.internal.v1.opt']
  path = '${folder}/opt'

[plugins.'io.containerd.cri.v1.images'.pinned_images]
  sandbox = '${imageRef('pause')}'

[plugins.'io.containerd.cri.v1.images'.registry]
  config_path = '${folder}/certs.d'

[plugins.'io.containerd.cri.v1.runtime']
  # Without the capability runc cannot give a sandbox a lower score than ours, and no sandbox starts.
  restrict_oom_score_adj = ${!mayLowerOomScore()}
  netns_mounts_under_state_dir = true

[plugins.'io.containerd.cri.v1.runtime'.cni]
  bin_dirs = ['${plane.built.calico}', '${plane.built.cni}']
  conf_dir = '${folder}/cni'

[plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.runc]
  runtime_type = 'io.containerd.runc.v2'

[plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.runc.options]
  BinaryName = '${plane.built.runc}/runc'
  Root = '${folder}/runc'
  SystemdCgroup = false

# ${node.name}
`;
}

function cniConfig({ plane, node, folder }: NodeSetup): unknown {
  return {
    cniVersion: '0.3.1',
    name: 'pod-network',
    plugins: [
      {
        type: 'calico',
        datastore_type: 'kubernetes',
        nodename: node.name,
        nodename_file_optional: true,
        log_level: 'info',
        log_file_path: join(plane.processes.logs, `cni-${node.letter}.log`),
        ipam: { type: 'host-local', subnet: 'usePodCidr', dataDir: join(folder, 'ipam') },
        policy: { type: 'k8s' },
        kubernetes: { kubeconfig: plane.pki.kubeconfig('calico') },
      },
      { type: 'portmap', snat: true, capabilities: { portMappings: true } },
    ],
  };
}

function startKubelet(setup: NodeSetup): void {
  const { plane, node, folder } = setup;
  const config = join(folder, 'kubelet.json');
  const resolv = join(folder, 'resolv.conf');
  const kubeconfig = plane.pki.writeKubeconfig(`kubelet-${node.letter}`, serverOf(plane));
  mkdirSync(join(folder, 'kubelet'), { recursive: true });
  writeFileSync(resolv, `nameserver ${plane.plan.hostAddress}\n`);
  writeFileSync(config, JSON.stringify(kubeletConfig(setup, resolv), null, 2));
  plane.processes.start({
    name: `kubelet-${node.letter}`,
    netns: node.netns,
    argv: [
      `${plane.built.node}/kubelet`,
      `--config=${config}`,
      `--kubeconfig=${kubeconfig}`,
      `--root-dir=${folder}/kubelet`,
      `--cert-dir=${folder}/kubelet/pki`,
      `--hostname-override=${node.name}`,
      `--node-ip=${node.address}`,
      `--node-labels=topology.kubernetes.io/region=local,topology.kubernetes.io/zone=zone-${node.letter}`,
    ],
    env: { PATH: searchPath() },
  });
}

function kubeletConfig(setup: NodeSetup, resolvConf: string): unknown {
  const { plane, node, folder } = setup;
  const endpoint = `unix://${socketOf(setup)}`;
  return {
    apiVersion: 'kubelet.config.k8s.io/v1beta1',
    kind: 'KubeletConfiguration',
    address: node.address,
    healthzBindAddress: '127.0.0.1',
    containerRuntimeEndpoint: endpoint,
    imageServiceEndpoint: endpoint,
    cgroupDriver: 'cgroupfs',
    cgroupRoot: `/${node.cgroup}`,
    failCgroupV1: false,
    failSwapOn: false,
    oomScoreAdj: 0,
    authentication: {
      anonymous: { enabled: false },
      webhook: { enabled: true },
      x509: { clientCAFile: plane.pki.file('ca.crt') },
    },
    authorization: { mode: 'Webhook' },
    tlsCertFile: plane.pki.file(`kubelet-${node.letter}-server.crt`),
    tlsPrivateKeyFile: plane.pki.file(`kubelet-${node.letter}-server.key`),
    clusterDNS: [plane.plan.dnsService],
    clusterDomain,
    resolvConf,
    podLogsDir: join(folder, 'pods'),
    volumePluginDir: join(folder, 'volume-plugins'),
    serializeImagePulls: false,
    // Both nodes see the whole machine's disk: one that is nearly full must not look like a fault of ours.
    imageGCHighThresholdPercent: 100,
    imageGCLowThresholdPercent: 99,
    evictionHard: {
      'memory.available': '1%',
      'nodefs.available': '1%',
      'nodefs.inodesFree': '1%',
      'imagefs.available': '1%',
      'imagefs.inodesFree': '1%',
    },
  };
}

function startFelix({ plane, node }: NodeSetup): void {
  plane.processes.start({
    name: `felix-${node.letter}`,
    netns: node.netns,
    argv: [`${plane.built.calico}/calico-felix`],
    env: {
      PATH: searchPath(),
      KUBECONFIG: plane.pki.kubeconfig('calico'),
      FELIX_DATASTORETYPE: 'kubernetes',
      FELIX_FELIXHOSTNAME: node.name,
      FELIX_INTERFACEPREFIX: 'cali',
      FELIX_IPINIPENABLED: 'false',
      FELIX_VXLANENABLED: 'false',
      FELIX_IPV6SUPPORT: 'false',
      FELIX_DEFAULTENDPOINTTOHOSTACTION: 'ACCEPT',
      FELIX_LOGFILEPATH: 'none',
      FELIX_LOGSEVERITYSCREEN: 'warning',
      FELIX_USAGEREPORTINGENABLED: 'false',
    },
  });
}

function startKubeProxy({ plane, node }: NodeSetup): void {
  plane.processes.start({
    name: `kube-proxy-${node.letter}`,
    netns: node.netns,
    argv: [
      `${plane.built.node}/kube-proxy`,
      `--kubeconfig=${plane.pki.kubeconfig('kube-proxy')}`,
      `--hostname-override=${node.name}`,
      `--cluster-cidr=${plane.plan.podRange}`,
      '--proxy-mode=iptables',
      '--oom-score-adj=0',
      // These limits belong to the machine, not to the network namespace: leave them alone.
      '--conntrack-max-per-core=0',
      '--conntrack-tcp-timeout-established=0s',
      '--conntrack-tcp-timeout-close-wait=0s',
    ],
    env: { PATH: searchPath() },
  });
}

interface NodeObject extends KubeObject {
  spec?: { podCIDR?: string };
  status?: { conditions?: { type: string; status: string }[] };
}

/** Waits for the node, routes its pods' addresses, and waits until it takes pods. */
export async function waitForNode(plane: ControlPlane, node: NodePlan, api: Api): Promise<void> {
  const read = () => api.get<NodeObject>(`/api/v1/nodes/${node.name}`);
  const hint = () => plane.processes.lastLines(`kubelet-${node.letter}`, 3);
  const podCidr = await until(
    `${node.name} registering`,
    60,
    async () => (await read())?.spec?.podCIDR,
    hint,
  );
  await routePods(plane.plan, node, podCidr);
  await until(
    `${node.name} becoming ready`,
    60,
    async () => {
      const conditions = (await read())?.status?.conditions ?? [];
      return conditions.some((c) => c.type === 'Ready' && c.status === 'True') ? true : undefined;
    },
    hint,
  );
}
