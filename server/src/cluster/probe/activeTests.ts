/** Active tests of the editor: planned under an id, shown, run under the same id. */
import { diagnose } from '../../core/diagnosis/diagnose.ts';
import type { Observed, Subject } from '../../core/diagnosis/observed.ts';
import type { DiagnosisReport } from '../../core/diagnosis/report.ts';
import { t, translate } from '../../l10n.ts';
import type { ProbeOptions, ProbeProposal } from '../../protocol.ts';
import type { KubeClient } from '../client.ts';
import { collect } from '../collect.ts';
import { fail, noAccess } from '../failure.ts';
import { type PreparedProbe, prepareProbe } from './prepare.ts';
import { runProbe } from './run.ts';

interface Planned {
  client: KubeClient;
  observed: Observed;
  subject: Subject;
  prepared: PreparedProbe;
}

/** A plan that nobody agreed to is dropped when the next ones come. */
const MAX_PLANNED = 8;

export class ActiveTests {
  /** What was shown is what is written. */
  readonly #planned = new Map<string, Planned>();
  readonly #running = new Set<Promise<unknown>>();

  /** Throws a failure when there is nothing to test, or no right to. */
  async plan(
    id: string,
    client: KubeClient,
    subject: Subject,
    options: ProbeOptions,
    signal: AbortSignal,
  ): Promise<ProbeProposal> {
    const observed = await collect(client, subject, { signal });
    const preparation = await prepareProbe(client, observed, subject, options, signal);
    if (preparation.kind === 'refused') {
      if (preparation.permission) throw noAccess(preparation.permission);
      throw fail({ code: 'refused', message: preparation.refusal.detail });
    }
    this.#planned.set(id, { client, observed, subject, prepared: preparation.prepared });
    const [oldest] = this.#planned.keys();
    if (this.#planned.size > MAX_PLANNED && oldest !== undefined) this.#planned.delete(oldest);
    return preparation.prepared.proposal;
  }

  async run(id: string, onProgress: (doing: string) => void, signal: AbortSignal): Promise<DiagnosisReport> {
    const planned = this.#planned.get(id);
    this.#planned.delete(id);
    if (!planned)
      throw fail({ code: 'invalid', message: t('This active test is over; plan it again to run it.') });
    const { client, observed, subject, prepared } = planned;
    const running = runProbe(client, prepared, onProgress, signal);
    this.#running.add(running);
    try {
      const run = await running;
      return diagnose({ ...observed, probe: { kind: 'run', run } }, subject, { translate });
    } finally {
      this.#running.delete(running);
    }
  }

  /** Resolves when every test that was under way has cleaned up; whoever calls has aborted them. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.#running);
  }
}
