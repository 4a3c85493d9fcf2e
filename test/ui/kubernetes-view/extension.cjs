/**
 * Stands in for Microsoft's Kubernetes extension, which is only on the Marketplace: the ids of its extension and view,
 * the view items of its rows and the broker that its activation returns are the real ones (version 1.4.1: its sources
 * `clusterexplorer/explorer.ts`, `api/contract/cluster-explorer/v1_1.ts`, `api/contract/configuration/v1_1.ts`).
 */
const vscode = require('vscode');

const CATEGORY = 'kubernetes-explorer-node';

const resource = (manifestKind, abbreviation, name, namespace = null) => ({
  nodeCategory: CATEGORY,
  nodeType: 'resource',
  kind: { manifestKind, abbreviation },
  name,
  namespace,
  // Rows of kinds that can be watched get the suffix, without any separator.
  contextValue: `vsKubernetes.resource.${abbreviation}k8s-watchable`,
});

const ROWS = [
  {
    nodeCategory: CATEGORY,
    nodeType: 'folder.resource',
    kind: { manifestKind: 'Pod', abbreviation: 'pod' },
    name: 'Pods',
    contextValue: 'vsKubernetes.kindk8s-watchable',
  },
  resource('Pod', 'pod', 'ledger-0'),
  resource('Pod', 'pod', 'cart-7d9f-9qtvz', 'pay'),
  resource('Deployment', 'deployment', 'checkout', 'pay'),
  resource('Node', 'node', 'node-a'),
  resource('PodMonitor', 'podmonitors.monitoring.coreos.com', 'scrape', 'pay'),
  resource('ServiceAccount', 'serviceaccount', 'robot', 'pay'),
];

const explorer = {
  resolveCommandTarget(target) {
    if (target?.nodeCategory !== CATEGORY) return undefined;
    const { nodeType, kind, name, namespace } = target;
    if (nodeType !== 'resource') return { nodeType, resourceKind: kind };
    return { nodeType, name, namespace, resourceKind: kind, metadata: { name } };
  },
};

const configuration = {
  getKubeconfigPath: () => ({ pathType: 'host', hostPath: process.env.STAND_IN_KUBECONFIG ?? '' }),
};

const APIS = { 'clusterexplorer v1_1': explorer, 'configuration v1_1': configuration };

exports.activate = (context) => {
  context.subscriptions.push(
    vscode.window.registerTreeDataProvider('extension.vsKubernetesExplorer', {
      getChildren: (row) => (row ? [] : ROWS),
      getTreeItem: ({ name, contextValue }) => Object.assign(new vscode.TreeItem(name), { contextValue }),
    }),
  );
  return {
    get(component, version) {
      const api = APIS[`${component} ${version}`];
      return api ? { available: true, api } : { available: false, reason: 'version-unknown' };
    },
  };
};
