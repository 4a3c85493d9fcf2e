/** All findings that are known right now: those of manifests, from Problems, and those of the last diagnoses. */
import * as vscode from 'vscode';
import type { Subject } from '../../../server/src/core/diagnosis/observed.ts';
import type { DiagnosisReport } from '../../../server/src/core/diagnosis/report.ts';
import type { Finding } from '../../../server/src/core/finding.ts';
import { refKey } from '../../../server/src/core/kube/ref.ts';
import type { Source } from '../../../server/src/protocol.ts';
import { sourceKey } from '../cluster/source.ts';
import { caseOf, ruleOf } from '../lint/caseLinks.ts';

export interface DeclaredFinding {
  uri: vscode.Uri;
  diagnostic: vscode.Diagnostic;
  rule: string;
  caseId: string | undefined;
}

export interface LiveFinding {
  finding: Finding;
  subject: Subject;
  source: Source;
}

/** Problems of other extensions have other sources. */
const OURS = 'pod-triage';
const SETTLE_MS = 150;

export class FindingBoard implements vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<void>();
  readonly onDidChange = this.#changed.event;
  readonly #reports = new Map<string, LiveFinding[]>();
  readonly #subscription: vscode.Disposable;
  #timer: NodeJS.Timeout | undefined;
  #declared: DeclaredFinding[] | undefined;

  constructor() {
    this.#subscription = vscode.languages.onDidChangeDiagnostics(() => {
      this.#declared = undefined;
      this.#announce();
    });
  }

  get declared(): DeclaredFinding[] {
    this.#declared ??= vscode.languages
      .getDiagnostics()
      .flatMap(([uri, diagnostics]) =>
        diagnostics
          .filter(({ source }) => source === OURS)
          .map((diagnostic) => ({ uri, diagnostic, rule: ruleOf(diagnostic), caseId: caseOf(diagnostic) })),
      );
    return this.#declared;
  }

  /** Findings of all open reports; what a pod and its workload both report is there once. */
  get live(): LiveFinding[] {
    const found = new Map<string, LiveFinding>();
    for (const each of [...this.#reports.values()].flat()) {
      const { id, object, path = '' } = each.finding;
      found.set(`${sourceKey(each.source)} ${id} ${refKey(object)} ${path}`, each);
    }
    return [...found.values()];
  }

  /** The latest report of a subject replaces the one before. */
  setReport(key: string, source: Source, report: DiagnosisReport): void {
    const findings = [...report.rootCauses, ...report.consequences, ...report.alsoSeen];
    this.#reports.set(
      key,
      findings.map((finding) => ({ finding, subject: report.subject, source })),
    );
    this.#announce();
  }

  dropReport(key: string): void {
    if (this.#reports.delete(key)) this.#announce();
  }

  /** Diagnostics come file by file; the views are drawn once. */
  #announce(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#changed.fire(), SETTLE_MS);
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#subscription.dispose();
    this.#changed.dispose();
  }
}
