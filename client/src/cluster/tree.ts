/** The Cluster view: workloads of one namespace, unhealthy first, with their pods; then the nodes. */
import * as vscode from 'vscode';
import type { Failure, WorkloadRow } from '../../../server/src/protocol.ts';
import { byHealth, isQuiet } from './health.ts';
import { itemOf, tooltipOf } from './items.ts';
import type { ClusterModel } from './model.ts';
import { type ClusterRow, objectOf } from './nodes.ts';
import { sourceKey } from './source.ts';

/** More healthy workloads than this are folded into one row. */
const FOLD = 8;

export class ClusterTree implements vscode.TreeDataProvider<ClusterRow>, vscode.Disposable {
  readonly #model: ClusterModel;
  readonly #changed = new vscode.EventEmitter<ClusterRow[] | undefined>();
  readonly onDidChangeTreeData = this.#changed.event;
  readonly #subscription: vscode.Disposable;
  /** The rows of the first level as VS Code has them. */
  #shown: ClusterRow[] = [];

  constructor(model: ClusterModel) {
    this.#model = model;
    this.#subscription = model.onDidChange(({ whole }) => this.#refresh(whole));
  }

  async getChildren(row?: ClusterRow): Promise<ClusterRow[]> {
    if (!row) {
      this.#shown = this.#roots();
      return this.#shown;
    }
    if (row.kind === 'quiet') return row.rows.map((each) => ({ kind: 'workload', row: each }));
    if (row.kind === 'workload') return this.#pods(row.row);
    if (row.kind === 'nodes') return this.#nodes();
    return [];
  }

  getTreeItem(row: ClusterRow): vscode.TreeItem {
    const { source } = this.#model;
    return itemOf(row, source ? sourceKey(source) : '');
  }

  async resolveTreeItem(
    item: vscode.TreeItem,
    row: ClusterRow,
    token: vscode.CancellationToken,
  ): Promise<vscode.TreeItem> {
    const ref = objectOf(row);
    if (!ref || !('row' in row)) return item;
    item.tooltip = tooltipOf(ref, row.row.health, await this.#model.events(ref, token));
    return item;
  }

  dispose(): void {
    this.#subscription.dispose();
    this.#changed.dispose();
  }

  /**
   * Only rows that changed are drawn again: while VS Code reads rows anew it forgets what they stand for, and a
   * command of their menu would come without its object.
   */
  #refresh(whole: boolean): void {
    const next = this.#roots();
    const before = this.#shown;
    const same = next.length === before.length && next.every((row, at) => idOf(row) === idOf(before[at]));
    if (whole || !same) {
      this.#changed.fire(undefined);
      return;
    }
    const changed = before.filter((row, at) => {
      const now = next[at];
      if (row.kind === 'nodes' || JSON.stringify(row) === JSON.stringify(now)) return row.kind === 'nodes';
      Object.assign(row, now);
      return true;
    });
    this.#changed.fire(changed);
  }

  #roots(): ClusterRow[] {
    const { failure, view } = this.#model;
    // The sentence is above the rows, where it wraps; without a kubeconfig the welcome text says what to do.
    if (failure && failure.code !== 'no-kubeconfig') return [{ kind: 'action', failure }];
    if (!view || failure || view.state === 'loading') return [];
    const rows = [...this.#model.workloads].sort(byHealth);
    if (rows.length === 0) return [];
    const quiet = rows.filter(({ health }) => isQuiet(health));
    const folded = quiet.length > FOLD && this.#model.filter === '' ? quiet : [];
    const open = folded.length > 0 ? rows.filter(({ health }) => !isQuiet(health)) : rows;
    return [
      ...open.map((row): ClusterRow => ({ kind: 'workload', row })),
      ...(folded.length > 0 ? [{ kind: 'quiet', rows: folded } as const] : []),
      { kind: 'nodes' },
    ];
  }

  async #pods(workload: WorkloadRow): Promise<ClusterRow[]> {
    const page = await this.#model.pods(workload);
    if ('code' in page) return failureRows(page);
    const rows = page.pods.map((row): ClusterRow => ({ kind: 'pod', row }));
    const rest = page.total - page.pods.length;
    return rest > 0 ? [...rows, { kind: 'more', workload, rest }] : rows;
  }

  async #nodes(): Promise<ClusterRow[]> {
    const nodes = await this.#model.nodes();
    if ('code' in nodes) return failureRows(nodes);
    return [...nodes].sort(byHealth).map((row): ClusterRow => ({ kind: 'node', row }));
  }
}

const failureRows = (failure: Failure): ClusterRow[] => [
  { kind: 'failure', failure },
  { kind: 'action', failure },
];

const idOf = (row: ClusterRow | undefined): string =>
  row?.kind === 'workload' ? row.row.uid : (row?.kind ?? '');
