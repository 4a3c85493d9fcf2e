/** What is built from Go modules, and how. Versions stand in go/NAME/go.mod and go.sum. */
export interface Part {
  name: string;
  /** Folder below test/cluster with go.mod. */
  folder: string;
  packages: readonly string[];
  tags?: string;
  cgo?: boolean;
  ldflags?: readonly string[];
  flags?: readonly string[];
  /** File name of the program, where the package's own name does not say it. */
  output?: string;
  /** The folder holds our own source: every file in it belongs to the cache key. */
  own?: boolean;
  /** Files of the module that are kept beside the programs. */
  data?: { module: string; files: readonly string[] };
}

// Programs that ask their build for their version; they are the versions in go.mod.
const KUBERNETES = '1.36.3';
const CONTAINERD = '2.2.9';

const kubernetesVersion = [
  `-X k8s.io/component-base/version.gitVersion=v${KUBERNETES}`,
  '-X k8s.io/component-base/version.gitMajor=1',
  `-X k8s.io/component-base/version.gitMinor=${KUBERNETES.split('.')[1]}`,
];

const plugins = 'github.com/containernetworking/plugins/plugins';
const calico = 'github.com/projectcalico/calico';
const containerd = 'github.com/containerd/containerd/v2/cmd';

const pki: Part = { name: 'pki', folder: 'go/pki', packages: ['.'], output: 'pki', own: true };
const etcd: Part = {
  name: 'etcd',
  folder: 'go/etcd',
  packages: ['go.etcd.io/etcd/server/v3'],
  output: 'etcd',
};
const controlPlane: Part = {
  name: 'control-plane',
  folder: 'go/kubernetes',
  packages: ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler'].map(
    (c) => `k8s.io/kubernetes/cmd/${c}`,
  ),
  ldflags: kubernetesVersion,
};

/** How kwok's nodes and pods behave: ready at once, alive for ever, gone when deleted. */
const KWOK_STAGES = [
  'node/fast/node-initialize',
  'node/heartbeat-with-lease/node-heartbeat-with-lease',
  'pod/fast/pod-complete',
  'pod/fast/pod-delete',
  'pod/fast/pod-ready',
];

export const SIMULATED_PARTS = [
  pki,
  etcd,
  controlPlane,
  {
    name: 'kwok',
    folder: 'go/kwok',
    packages: ['sigs.k8s.io/kwok/cmd/kwok'],
    data: { module: 'sigs.k8s.io/kwok', files: KWOK_STAGES.map((stage) => `kustomize/stage/${stage}.yaml`) },
  },
] as const satisfies readonly Part[];

export const REAL_PARTS = [
  pki,
  { name: 'app', folder: 'images/app', packages: ['.'], output: 'app', own: true },
  { name: 'pause', folder: 'images/pause', packages: ['.'], output: 'pause', own: true },
  etcd,
  controlPlane,
  {
    name: 'node',
    folder: 'go/kubernetes',
    packages: ['kubelet', 'kube-proxy'].map((c) => `k8s.io/kubernetes/cmd/${c}`),
    ldflags: kubernetesVersion,
  },
  {
    name: 'containerd',
    folder: 'go/containerd',
    packages: ['containerd', 'containerd-shim-runc-v2', 'ctr'].map((c) => `${containerd}/${c}`),
    tags: 'no_btrfs,no_devmapper,no_zfs',
    ldflags: [`-X github.com/containerd/containerd/v2/version.Version=v${CONTAINERD}`],
  },
  // runc joins namespaces in C, before Go's runtime starts: it is the only part that needs a C compiler.
  {
    name: 'runc',
    folder: 'go/runc',
    packages: ['github.com/opencontainers/runc'],
    tags: 'seccomp',
    cgo: true,
  },
  {
    name: 'cni',
    folder: 'go/cni',
    packages: [`${plugins}/ipam/host-local`, `${plugins}/main/loopback`, `${plugins}/meta/portmap`],
  },
  // `go mod tidy` stumbles over a module for Windows only, so this go.mod lists no indirect modules.
  {
    name: 'calico',
    folder: 'go/calico',
    packages: [`${calico}/felix/cmd/calico-felix`, `${calico}/cni-plugin/cmd/calico`],
    flags: ['-mod=mod'],
    data: { module: calico, files: ['manifests/crds.yaml'] },
  },
  { name: 'coredns', folder: 'go/coredns', packages: ['github.com/coredns/coredns'] },
] as const satisfies readonly Part[];
