/** The tests of a run as rows of the report, and those that say nothing as things not checked. */
import type { Evidence, Finding, Translate } from '../finding.ts';
import { hostPort, type PlannedCheck, type ProbeRefusal, type ProbeResult } from '../probe/check.ts';
import { type SayProbe, sayProbe } from '../probe/say.ts';
import { probeEvidence, probeOf } from './probed.ts';
import type { NotChecked, ProbeReport, ProbeRow } from './report.ts';
import type { Scene } from './scene.ts';

/** Rows of the run, in the order of the tests; undefined without one. */
export function probeReport(scene: Scene, translate: Translate): ProbeReport | undefined {
  const run = probeOf(scene);
  if (!run) return undefined;
  const say = sayProbe(translate);
  const { pod, node, made } = run.from;
  return {
    from: `Pod ${pod.namespace}/${pod.name}`,
    ...(node ? { node } : {}),
    made,
    at: run.at,
    tests: run.results.map(
      (result): ProbeRow => ({
        test: describeCheck(result, say),
        outcome: result.outcome,
        text: result.outcome === 'inconclusive' ? whyUnclear(result, say) : result.text,
      }),
    ),
  };
}

/** Tests that said nothing, what could not be tested from there, and a test that was asked for and not made. */
export function probeGaps(
  scene: Scene,
  refusal: ProbeRefusal | undefined,
  translate: Translate,
): NotChecked[] {
  const say = sayProbe(translate);
  if (refusal) return [{ check: say('activeTest'), reason: refusal.reason, detail: refusal.detail }];
  const run = probeOf(scene);
  if (!run) return [];
  return [
    ...run.results
      .filter(({ outcome }) => outcome === 'inconclusive')
      .map(
        (result): NotChecked => ({
          check: `${say('activeTest')}: ${describeCheck(result, say)}`,
          reason: result.symptom === 'out-of-time' ? 'timed-out' : 'unavailable',
          detail: whyUnclear(result, say),
        }),
      ),
    ...run.untested.map(
      ({ check, detail }): NotChecked => ({
        check: `${say('activeTest')}: ${check}`,
        reason: 'unavailable',
        detail,
      }),
    ),
  ];
}

/**
 * Failures that no finding quotes or speaks of. They are no verdict, and must not drown in a list of tests: what failed
 * for a reason that is not known is not in order.
 */
export function probeUnexplained(
  scene: Scene,
  findings: readonly Finding[],
  translate: Translate,
): NotChecked[] {
  const run = probeOf(scene);
  if (!run) return [];
  const say = sayProbe(translate);
  const quoted = new Set(findings.flatMap(({ evidence }) => evidence.map(quoteKey)));
  const explained = new Set(
    run.results.flatMap((result) =>
      quoted.has(quoteKey(probeEvidence(run, result))) ? [topicOf(result)] : [],
    ),
  );
  return run.results
    .filter((result) => result.outcome === 'failed' && !explained.has(topicOf(result)))
    .map(
      (result): NotChecked => ({
        check: `${say('activeTest')}: ${describeCheck(result, say)}`,
        reason: 'unavailable',
        detail: say('unexplained', { text: result.text }),
      }),
    );
}

const quoteKey = ({ source, path = '', text }: Evidence): string => `${source}|${path}|${text}`;

/** What a test is about: names, or one Service, or one host. What explains one of its failures explains the others. */
function topicOf({ check }: ProbeResult): string {
  if (check.kind === 'lookup' || check.kind === 'ask') return 'names';
  const { target } = check;
  if (target.role === 'host') return `host ${target.host}`;
  return target.role === 'proxy' ? 'proxy' : `service ${target.service.namespace}/${target.service.name}`;
}

/** One line for `healthy` when every test that said something said that it works. */
export function probeHealthy(scene: Scene, translate: Translate): string[] {
  const run = probeOf(scene);
  const told = run?.results.filter(({ outcome }) => outcome !== 'inconclusive') ?? [];
  if (!run || told.length === 0 || told.some(({ outcome }) => outcome === 'failed')) return [];
  // Where a connection says nothing, nobody knows whether it works.
  if (run.results.some(isOpenConnection)) return [];
  const from = `Pod ${run.from.pod.namespace}/${run.from.pod.name}`;
  return [sayProbe(translate)('reached', { from, count: told.length })];
}

const isOpenConnection = ({ check, outcome }: ProbeResult): boolean =>
  outcome === 'inconclusive' && check.kind === 'connect' && check.target.role !== 'proxy';

export function describeCheck(
  { check, via }: Pick<ProbeResult, 'via'> & { check: PlannedCheck },
  say: SayProbe,
): string {
  switch (check.kind) {
    case 'lookup':
      return via ? say('lookupVia', { name: check.name, ...via }) : say('lookup', { name: check.name });
    case 'ask':
      return say('ask', { name: check.name, pod: check.pod.name, address: check.address });
    case 'http':
      return say('http', { url: check.url });
    case 'packets':
      return say('packets', { address: check.address });
    case 'own-proxy':
      return say('ownProxy', { port: check.port });
    case 'connect': {
      const address = hostPort(check.address, check.port);
      const { target } = check;
      switch (target.role) {
        case 'service':
          return say('connectService', { service: target.service.name, address });
        case 'endpoint':
          return say('connectEndpoint', {
            pod: target.pod?.name ?? check.address,
            service: target.service.name,
            address,
          });
        case 'host':
          return say('connectHost', { address });
        case 'proxy':
          return say('connectProxy', { node: target.node, address });
      }
    }
  }
}

function whyUnclear({ symptom, text, check }: ProbeResult, say: SayProbe): string {
  if (symptom === 'policy') return say('policyForeign', { policies: text });
  if (symptom === 'not-run') return say('notRun');
  if (symptom === 'out-of-time') return say('outOfTime');
  if (check.kind === 'packets' && symptom === 'tool' && /packet loss/.test(text))
    return say('silentPing', { text });
  if (check.kind === 'connect' && check.target.role === 'proxy') return say('silentProxy');
  return say('tool', { text: text || '?' });
}
