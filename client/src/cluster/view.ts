/** The Cluster view around its tree: title, message, badge, welcome text, and what it looks at first. */
import * as vscode from 'vscode';
import type { Failure, NamespaceView, Source } from '../../../server/src/protocol.ts';
import { failureText } from '../failure.ts';
import type { Server } from '../server/connection.ts';
import { isUnhealthy } from './health.ts';
import { ClusterModel } from './model.ts';
import type { ClusterRow } from './nodes.ts';
import { firstNamespace, snapshotFromSettings } from './snapshot.ts';
import { sourceLabel } from './source.ts';
import { ClusterTree } from './tree.ts';

export class ClusterView implements vscode.Disposable {
  readonly model: ClusterModel;
  readonly tree: vscode.TreeView<ClusterRow>;
  readonly #server: Server;
  readonly #subscriptions: vscode.Disposable[];
  #opened = false;

  constructor(server: Server, memory: vscode.Memento) {
    this.#server = server;
    this.model = new ClusterModel(server, memory);
    const treeDataProvider = new ClusterTree(this.model);
    this.tree = vscode.window.createTreeView('podTriage.cluster', {
      treeDataProvider,
      showCollapseAll: true,
      canSelectMany: false,
    });
    this.#subscriptions = [
      this.model,
      treeDataProvider,
      this.tree,
      this.model.onDidChange(() => this.#draw()),
      this.tree.onDidChangeVisibility(({ visible }) => this.#setVisible(visible)),
      vscode.workspace.onDidGrantWorkspaceTrust(() => this.#setVisible(this.tree.visible)),
    ];
    setContext('hasSource', this.model.source !== undefined);
  }

  /**
   * The source in use; on the first call of a session it is chosen: the snapshot of the settings, what was
   * looked at last, or the current context of the kubeconfig. Undefined when there is none; the view says why.
   */
  async ensureSource(): Promise<Source | undefined> {
    if (this.model.source && this.#opened) return this.model.source;
    this.#opened = true;
    const source = (await snapshotFromSettings(this.#server)) ?? (await this.#liveSource());
    if (source) await this.model.show(source);
    return source;
  }

  /** Looks at another source from now on. */
  async show(source: Source): Promise<void> {
    this.#opened = true;
    await this.model.show(source);
  }

  /** Reads again; chooses a source again when there was none, because a kubeconfig may be there by now. */
  async refresh(): Promise<void> {
    if (!this.model.source) this.#opened = false;
    await this.ensureSource();
    await this.model.refresh();
  }

  dispose(): void {
    for (const each of this.#subscriptions) each.dispose();
  }

  async #setVisible(visible: boolean): Promise<void> {
    if (visible) {
      if (!this.model.view && !this.model.failure) setState('loading');
      await vscode.window.withProgress({ location: { viewId: 'podTriage.cluster' } }, () =>
        this.ensureSource(),
      );
      if (!this.model.source && !this.model.failure) setState('none');
    }
    await this.model.setVisible(visible && this.model.source !== undefined);
  }

  /** What was looked at last, or the current context. In an untrusted workspace only a snapshot may be read. */
  async #liveSource(): Promise<Source | undefined> {
    const last = this.model.source;
    if (vscode.workspace.isTrusted) return last ?? this.#current();
    // Trust may come later in the session: then the choice is made again.
    this.#opened = false;
    return last?.kind === 'snapshot' ? last : undefined;
  }

  async #current(): Promise<Source | undefined> {
    const answer = await this.#server.ask('podTriage/contexts', kubeconfigParams());
    if (!answer.ok) {
      this.model.fail(answer.failure);
      return undefined;
    }
    const context = answer.value.find(({ current }) => current) ?? answer.value[0];
    if (!context) {
      this.model.fail({ code: 'no-kubeconfig', message: vscode.l10n.t('The kubeconfig has no contexts.') });
      return undefined;
    }
    const namespace = firstNamespace([context.namespace || 'default']);
    return { kind: 'context', context: context.name, namespace };
  }

  #draw(): void {
    const { source, view, failure } = this.model;
    setContext('hasSource', source !== undefined);
    setContext('cluster.filtered', this.model.filter !== '');
    this.tree.description = source ? describe(source, view) : '';
    this.tree.message = failure ? failureMessage(failure) : view ? messageOf(view) : '';
    const unhealthy = (view?.workloads ?? []).filter(({ health }) => isUnhealthy(health)).length;
    this.tree.badge =
      unhealthy > 0
        ? { value: unhealthy, tooltip: vscode.l10n.t('{0} unhealthy workloads', unhealthy) }
        : undefined;
    if (failure) setState(failure.code);
    else if (!view || view.state === 'loading') setState('loading');
    else if (view.workloads.length === 0) setState('empty');
    else setState(this.model.workloads.length === 0 ? 'filtered-out' : 'ready');
  }
}

/** Where the kubeconfig is, when the user's own settings say so. */
export function kubeconfigParams(): { kubeconfig?: string } {
  const kubeconfig = vscode.workspace.getConfiguration('podTriage').get<string>('cluster.kubeconfig', '');
  return kubeconfig ? { kubeconfig } : {};
}

function describe(source: Source, view: NamespaceView | undefined): string {
  // What is watched is as of now.
  const isOld = source.kind === 'snapshot' || view?.state === 'stale';
  const at = isOld && view?.asOf && new Date(view.asOf);
  const label = sourceLabel(source);
  return at ? vscode.l10n.t('{0} · as of {1}', label, at.toLocaleTimeString(vscode.env.language)) : label;
}

/** The welcome text speaks for a missing kubeconfig, and only while there is no message. */
const failureMessage = (failure: Failure): string =>
  failure.code === 'no-kubeconfig' ? '' : failureText(failure);

/** What is missing or old, above the rows. Nothing when all is well. */
function messageOf(view: NamespaceView): string {
  if (view.state === 'stale') {
    const since = view.asOf ? new Date(view.asOf).toLocaleTimeString(vscode.env.language) : '';
    return vscode.l10n.t('Connection lost: this is how it was at {0}. Reconnecting…', since);
  }
  if (view.gaps.length === 0 || view.state === 'error') return '';
  // Many kinds are often missing for one reason, which is said once.
  const reasons = Map.groupBy(view.gaps, ({ detail }) => detail);
  const missing = [...reasons]
    .map(([detail, gaps]) => `${[...new Set(gaps.map(({ kind }) => kind))].join(', ')} (${detail})`)
    .join('; ');
  return vscode.l10n.t('Not read: {0}. What depends on it is left out.', missing);
}

const setContext = (key: string, value: unknown): void => {
  void vscode.commands.executeCommand('setContext', `podTriage.${key}`, value);
};

const setState = (state: string): void => setContext('cluster.state', state);
