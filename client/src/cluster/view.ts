/** The Cluster view around its tree: title, message, badge, welcome text, and what it looks at first. */
import * as vscode from 'vscode';
import { fillTemplate } from '../../../server/src/core/finding.ts';
import type { ContextInfo, Failure, NamespaceView, Source } from '../../../server/src/protocol.ts';
import { failureText, inOneLine } from '../failure.ts';
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
  /** True while the view looks at the current context because nobody chose another. */
  #followsCurrent = false;

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
      server.on('podTriage/kubeconfigChanged', ({ contexts }) => void this.#kubeconfigChanged(contexts)),
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (CHOOSING.some((setting) => event.affectsConfiguration(setting))) void this.#chooseAgain();
      }),
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
    if (source) await this.model.show(source, { remember: false });
    return source;
  }

  /** Looks at another source from now on. */
  async show(source: Source): Promise<void> {
    this.#opened = true;
    this.#followsCurrent = false;
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
    if (vscode.workspace.isTrusted) return last && isOfSettings(last) ? last : this.#current();
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
    return this.#currentOf(answer.value);
  }

  /** The current context. Another one is never guessed: it could be production. */
  #currentOf(contexts: readonly ContextInfo[]): (Source & { kind: 'context' }) | undefined {
    const current = contexts.find((context) => context.current);
    if (!current) {
      this.model.fail(contexts.length === 0 ? noContexts() : noCurrentContext());
      return undefined;
    }
    this.#followsCurrent = true;
    const namespace = firstNamespace([current.namespace || 'default']);
    return { kind: 'context', context: current.name, namespace, ...kubeconfigParams() };
  }

  /** `kubectl config use-context` moves a view that nobody moved; new credentials are used at once. */
  async #kubeconfigChanged(contexts: readonly ContextInfo[]): Promise<void> {
    const { source } = this.model;
    if (!this.#opened || source?.kind === 'snapshot') return;
    if (source && !this.#followsCurrent) return this.model.refresh();
    if (contexts.length === 0) return this.#chooseAgain();
    const current = this.#currentOf(contexts);
    if (!current) return;
    if (source?.kind === 'context' && source.context === current.context) return this.model.refresh();
    await this.model.show(current, { remember: false });
    await this.model.setVisible(this.tree.visible);
  }

  /** A setting says what is looked at: it counts at once. */
  async #chooseAgain(): Promise<void> {
    if (!this.#opened) return;
    this.#opened = false;
    this.#followsCurrent = false;
    await this.model.forget();
    await this.#setVisible(this.tree.visible);
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
        ? {
            value: unhealthy,
            tooltip: fillTemplate(vscode.l10n.t('{count} unhealthy {count:workload|workloads}'), {
              count: unhealthy,
            }),
          }
        : undefined;
    if (failure) setState(failure.code);
    else if (!view || view.state === 'loading') setState('loading');
    else if (view.workloads.length === 0) setState('empty');
    else setState(this.model.workloads.length === 0 ? 'filtered-out' : 'ready');
  }
}

const CHOOSING = ['cluster.kubeconfig', 'cluster.snapshot', 'cluster.namespace'].map(
  (setting) => `podTriage.${setting}`,
);

const noContexts = (): Failure => ({
  code: 'invalid-kubeconfig',
  message: vscode.l10n.t('The kubeconfig has no contexts; choose another file.'),
});

const noCurrentContext = (): Failure => ({
  code: 'unknown-context',
  message: vscode.l10n.t('The kubeconfig names no current context that it defines; choose one.'),
});

/** False for a context of a kubeconfig that the settings no longer name. */
const isOfSettings = (source: Source): boolean =>
  source.kind === 'snapshot' || source.kubeconfig === kubeconfigParams().kubeconfig;

/** Where the kubeconfig is, when the user's own settings say so. */
export function kubeconfigParams(): { kubeconfig?: string } {
  const kubeconfig = vscode.workspace.getConfiguration('podTriage').get<string>('cluster.kubeconfig', '');
  return kubeconfig ? { kubeconfig } : {};
}

/** A snapshot may be of another day. */
const AS_OF: Intl.DateTimeFormatOptions = { dateStyle: 'medium', timeStyle: 'short' };

function describe(source: Source, view: NamespaceView | undefined): string {
  // What is watched is as of now.
  const isOld = source.kind === 'snapshot' || view?.state === 'stale';
  const at = isOld && view?.asOf && new Date(view.asOf);
  const label = sourceLabel(source);
  return at ? vscode.l10n.t('{0} · as of {1}', label, at.toLocaleString(vscode.env.language, AS_OF)) : label;
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
  return vscode.l10n.t('Not read: {0}. What depends on it is left out.', inOneLine(missing));
}

const setContext = (key: string, value: unknown): void => {
  void vscode.commands.executeCommand('setContext', `podTriage.${key}`, value);
};

const setState = (state: string): void => setContext('cluster.state', state);
