/** All open reports: one for each subject. Runs diagnoses and does what their buttons say. */
import { randomUUID } from 'node:crypto';
import * as vscode from 'vscode';
import type { DiagnosisReport } from '../../../server/src/core/diagnosis/report.ts';
import type { Finding } from '../../../server/src/core/finding.ts';
import type { ManifestLocation, Result } from '../../../server/src/protocol.ts';
import { sourceKey } from '../cluster/source.ts';
import type { FindingBoard } from '../findings/board.ts';
import type { Target } from '../picker/questions.ts';
import { isTarget } from '../picker/target.ts';
import type { ManifestFix, Server } from '../server/connection.ts';
import type { PageChoices, Pages } from '../webview/choices.ts';
import { actOnReport } from './act.ts';
import { activeTest } from './activeTest.ts';
import { choicesOf } from './choices.ts';
import { drawReport } from './draw.ts';
import type { ReportMessage } from './model.ts';
import { ReportPanel } from './panel.ts';
import type { ReportState } from './state.ts';

/** Undefined when the user did not agree. */
type Ask = (id: string, token: vscode.CancellationToken) => Promise<Result<DiagnosisReport> | undefined>;

interface Run {
  id: string;
  cancel: vscode.CancellationTokenSource;
}

export class Reports implements vscode.WebviewPanelSerializer<unknown>, Pages, vscode.Disposable {
  readonly #extensionUri: vscode.Uri;
  readonly #server: Server;
  readonly #board: FindingBoard;
  readonly #panels = new Map<string, ReportPanel>();
  readonly #runs = new Map<string, Run>();
  readonly #subscription: vscode.Disposable;

  constructor(extensionUri: vscode.Uri, server: Server, board: FindingBoard) {
    this.#extensionUri = extensionUri;
    this.#server = server;
    this.#board = board;
    this.#subscription = server.on('podTriage/diagnosisStep', ({ id, steps, doing }) => {
      for (const [key, run] of this.#runs) if (run.id === id) this.#panels.get(key)?.update({ steps, doing });
    });
  }

  /** The report in front, for the commands of the palette. */
  get active(): ReportPanel | undefined {
    return [...this.#panels.values()].find(({ panel }) => panel.active);
  }

  /** The buttons of a report. */
  choices(isWanted: (panel: vscode.WebviewPanel) => boolean): PageChoices | undefined {
    const report = [...this.#panels.values()].find(({ panel }) => isWanted(panel));
    if (!report) return undefined;
    const choices = choicesOf(drawReport(report.state)).map(({ button, about }) => ({
      label: button.label,
      ...(button.title ? { description: button.title } : {}),
      detail: about,
      run: () => this.act(report, { id: button.id, index: button.index ?? 0, second: button.second ?? 0 }),
    }));
    return { page: report.panel.title, choices };
  }

  /** Opens the report of a subject, or updates the one that is open. Resolves when the answer is shown. */
  async diagnose(target: Target): Promise<ReportState> {
    const key = keyOf(target);
    const report = this.#panels.get(key) ?? this.#open(key, target);
    report.reveal();
    await this.#run(key, report);
    return report.state;
  }

  /** Runs an active test for a subject, once the user has agreed, and shows its answer in the subject's report. */
  async probe(target: Target): Promise<ReportState> {
    const key = keyOf(target);
    const report = this.#panels.get(key) ?? this.#open(key, target);
    report.reveal();
    await this.#test(key, report);
    return report.state;
  }

  async act(report: ReportPanel, message: ReportMessage): Promise<void> {
    const key = keyOf(report.state);
    if (message.id === 'run') await this.#run(key, report);
    else if (message.id === 'probe') await this.#test(key, report);
    else if (message.id === 'cancel') this.#runs.get(key)?.cancel.cancel();
    else await actOnReport(report.state, message);
  }

  /** After a reload of the window: a snapshot is diagnosed anew, a cluster only when the user asks. */
  async deserializeWebviewPanel(panel: vscode.WebviewPanel, kept: unknown): Promise<void> {
    if (!isTarget(kept) || this.#panels.has(keyOf(kept))) return panel.dispose();
    const report = this.#open(keyOf(kept), kept, panel);
    if (kept.source.kind === 'snapshot') await this.#run(keyOf(kept), report);
  }

  dispose(): void {
    this.#subscription.dispose();
    for (const { cancel } of this.#runs.values()) cancel.cancel();
    for (const { panel } of this.#panels.values()) panel.dispose();
  }

  #open(key: string, { source, subject }: Target, panel?: vscode.WebviewPanel): ReportPanel {
    const state: ReportState = {
      source,
      subject,
      phase: 'restored',
      doing: '',
      steps: [],
      manifests: {},
      fixes: {},
    };
    const report: ReportPanel = new ReportPanel(
      this.#extensionUri,
      state,
      (message) => void this.act(report, message),
      panel,
    );
    this.#panels.set(key, report);
    report.panel.onDidDispose(() => {
      this.#runs.get(key)?.cancel.cancel();
      this.#panels.delete(key);
      this.#board.dropReport(key);
    });
    return report;
  }

  #test(key: string, report: ReportPanel): Promise<void> {
    return this.#run(key, report, (id, token) => activeTest(this.#server, report.state, id, token));
  }

  async #run(key: string, report: ReportPanel, ask: Ask = this.#diagnosis(report)): Promise<void> {
    this.#runs.get(key)?.cancel.cancel();
    const run: Run = { id: randomUUID(), cancel: new vscode.CancellationTokenSource() };
    this.#runs.set(key, run);
    const { source, phase } = report.state;
    report.update({ phase: 'running', doing: '', steps: [] });
    try {
      const answer = await ask(run.id, run.cancel.token);
      if (this.#runs.get(key) !== run) return;
      // The user did not agree: the report is as it was.
      if (!answer) return report.update({ phase: phase === 'running' ? 'cancelled' : phase });
      if (!answer.ok) return report.fail(answer.failure);
      const manifests = await this.#manifests(answer.value.rootCauses);
      if (this.#runs.get(key) !== run) return;
      report.update({ phase: 'done', report: answer.value, steps: answer.value.steps, manifests, fixes: {} });
      // The verdict does not wait for what could be written about it.
      const fixes = await this.#fixes(manifests);
      if (this.#runs.get(key) === run) report.update({ fixes });
      this.#board.setReport(key, source, answer.value);
    } catch (cause) {
      if (!(cause instanceof vscode.CancellationError)) throw cause;
      // A newer run has taken over; otherwise the user stopped it.
      if (this.#runs.get(key) === run) report.update({ phase: 'cancelled' });
    } finally {
      if (this.#runs.get(key) === run) this.#runs.delete(key);
      run.cancel.dispose();
    }
  }

  #diagnosis(report: ReportPanel): Ask {
    const { source, subject } = report.state;
    return (id, token) => this.#server.ask('podTriage/diagnose', { id, source, subject }, token);
  }

  async #fixes(manifests: Record<number, ManifestLocation>): Promise<Record<number, ManifestFix[]>> {
    const found = await Promise.all(
      Object.entries(manifests).map(async ([index, place]) => [
        index,
        await this.#server.fixesAt(place).catch(() => []),
      ]),
    );
    return Object.fromEntries(found);
  }

  async #manifests(causes: readonly Finding[]): Promise<Record<number, ManifestLocation>> {
    const found = await Promise.all(
      causes.map(({ object, path }) =>
        this.#server
          .request('podTriage/manifestOf', path ? { ref: object, path } : { ref: object })
          // The report is whole without it; the server's own log has the reason.
          .catch(() => []),
      ),
    );
    const places: Record<number, ManifestLocation> = {};
    found.forEach(([first], index) => {
      if (first) places[index] = first;
    });
    return places;
  }
}

const keyOf = ({ source, subject }: Target): string =>
  `${sourceKey(source)}|${subject.kind}|${subject.namespace ?? ''}|${subject.name}`;
