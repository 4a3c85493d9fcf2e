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
}

export const KUBERNETES = '1.36.3';

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

export const SIMULATED_PARTS = [
  pki,
  etcd,
  controlPlane,
  { name: 'kwok', folder: 'go/kwok', packages: ['sigs.k8s.io/kwok/cmd/kwok'] },
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
  },
  { name: 'coredns', folder: 'go/coredns', packages: ['github.com/coredns/coredns'] },
] as const satisfies readonly Part[];
