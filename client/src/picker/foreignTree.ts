/** Rows of Microsoft's Kubernetes tree, without depending on it: its API is looked up when one of its rows is clicked. */
import { homedir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { isClusterScoped } from '../../../server/src/core/kube/object.ts';
import type { Failure, Source } from '../../../server/src/protocol.ts';
import { kubeconfigParams } from '../cluster/view.ts';
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
type KubeconfigPath = { pathType: 'host'; hostPath: string } | { pathType: 'wsl'; wslPath: string };
interface Configuration {
  getKubeconfigPath(): KubeconfigPath;
}

export type ForeignTarget =
  | { kind: 'target'; target: Target }
  | { kind: 'failed'; failure: Failure }
  /** The argument is no object of that tree. */
  | { kind: 'none' };

const NONE: ForeignTarget = { kind: 'none' };

/** The object of a row, in the context that is current in the kubeconfig which that tree reads. */
export async function targetOfForeignNode(row: unknown, server: Server): Promise<ForeignTarget> {
  const broker = await vscode.extensions.getExtension<Broker>(EXTENSION)?.activate();
  const explorer = broker?.get('clusterexplorer', 'v1_1');
  if (!broker || !explorer?.available) return NONE;
  const node = explorer.api.resolveCommandTarget(row);
  // The row's kind is checked here, because its view item also matches custom kinds whose name starts alike.
  const kind = node?.resourceKind?.manifestKind;
  if (node?.nodeType !== 'resource' || !kind || !node.name) return NONE;
  const configuration = broker.get('configuration', 'v1_1');
  const path = configuration.available ? configuration.api.getKubeconfigPath() : undefined;
  // The same context name in another kubeconfig may be another cluster.
  if (path?.pathType === 'wsl') return { kind: 'failed', failure: insideWsl(path.wslPath) };
  const files = path ? filesOf(path.hostPath) : kubeconfigParams();
  const contexts = await server.ask('podTriage/contexts', files);
  if (!contexts.ok) return { kind: 'failed', failure: contexts.failure };
  const current = contexts.value.find((each) => each.current);
  if (!current) return { kind: 'failed', failure: noCurrent() };
  const namespace = node.namespace || current.namespace || 'default';
  const source: Source = { kind: 'context', context: current.name, namespace, ...files };
  const subject = isClusterScoped(kind) ? { kind, name: node.name } : { kind, namespace, name: node.name };
  return { kind: 'target', target: { source, subject } };
}

/** Its path as ours, so that one pod has one report, whichever tree it was clicked in. */
function filesOf(hostPath: string): { kubeconfig?: string } {
  const own = kubeconfigParams();
  const standard = process.env.KUBECONFIG || join(homedir(), '.kube', 'config');
  return hostPath === (own.kubeconfig ?? standard) ? own : { kubeconfig: hostPath };
}

const insideWsl = (path: string): Failure => ({
  code: 'invalid-kubeconfig',
  message: vscode.l10n.t(
    'The Kubernetes view reads {0} inside WSL, which Pod Triage cannot; open this folder in WSL, or choose a kubeconfig.',
    path,
  ),
});

const noCurrent = (): Failure => ({
  code: 'unknown-context',
  message: vscode.l10n.t('The kubeconfig of the Kubernetes view names no current context; switch it there.'),
});
