/** Rows of Microsoft's Kubernetes tree, without depending on it: its API is looked up when one of its rows is clicked. */
import * as vscode from 'vscode';
import { showFailure } from '../failure.ts';
import type { Server } from '../server/connection.ts';
import type { Target } from './questions.ts';

const EXTENSION = 'ms-kubernetes-tools.vscode-kubernetes-tools';

type Versioned<T> = { available: true; api: T } | { available: false; reason: unknown };

/** The two parts of its API that are used, as its version 1.1 has them. */
interface Broker {
  get(component: 'clusterexplorer', version: 'v1_1'): Versioned<Explorer>;
  get(component: 'configuration', version: 'v1_1'): Versioned<Configuration>;
}
interface Explorer {
  resolveCommandTarget(target: unknown): ForeignNode | undefined;
}
interface ForeignNode {
  nodeType: string;
  name?: string;
  namespace?: string | null;
  resourceKind?: { manifestKind?: string };
}
interface Configuration {
  getKubeconfigPath(): { pathType: 'host'; hostPath: string } | { pathType: 'wsl'; wslPath: string };
}

/** The object of a row, in the context that its kubeconfig says is current. Undefined: the row is no object. */
export async function targetOfForeignNode(row: unknown, server: Server): Promise<Target | undefined> {
  const broker = await vscode.extensions.getExtension<Broker>(EXTENSION)?.activate();
  const explorer = broker?.get('clusterexplorer', 'v1_1');
  if (!broker || !explorer?.available) return undefined;
  const node = explorer.api.resolveCommandTarget(row);
  // The row's kind is checked here, because its view item also matches custom kinds whose name starts alike.
  const kind = node?.resourceKind?.manifestKind;
  if (node?.nodeType !== 'resource' || !kind || !node.name) return undefined;
  const configuration = broker.get('configuration', 'v1_1');
  const path = configuration.available ? configuration.api.getKubeconfigPath() : undefined;
  const kubeconfig = path?.pathType === 'host' ? path.hostPath : undefined;
  const contexts = await server.ask('podTriage/contexts', kubeconfig ? { kubeconfig } : {});
  if (!contexts.ok) {
    void showFailure(contexts.failure);
    return undefined;
  }
  const current = contexts.value.find((each) => each.current);
  if (!current) return undefined;
  const namespace = node.namespace || current.namespace || 'default';
  const source = { kind: 'context', context: current.name, namespace } as const;
  const clusterScoped = kind === 'Node' || kind === 'PersistentVolume' || kind === 'Namespace';
  return {
    source,
    subject: clusterScoped ? { kind, name: node.name } : { kind, namespace, name: node.name },
  };
}
