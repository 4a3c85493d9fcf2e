/** Findings against an active test: what it saw confirms them, or contradicts them and is then shown beside them. */
import type { Confidence } from '../finding.ts';
import { refKey } from '../kube/ref.ts';
import type { ProbeResult, ProbeSymptom } from '../probe/check.ts';
import type { Report } from './dominance.ts';
import { probeEvidence, probeOf } from './probed.ts';
import type { Scene } from './scene.ts';

interface Expectation {
  /** Which results are about the finding: those of a Service it names, or lookups through the cluster's resolvers. */
  about: 'service' | 'lookups' | 'missing names';
  /** What the mode would make the test see. */
  symptoms: readonly ProbeSymptom[];
}

const EMPTY: Expectation = { about: 'service', symptoms: ['refused', 'timeout', 'no-route'] };
const SILENT_DNS: Expectation = {
  about: 'lookups',
  symptoms: ['timeout', 'refused', 'servfail', 'no-route'],
};

const NO_SUCH_NAME: Expectation = { about: 'missing names', symptoms: ['nxdomain'] };

/** Modes that are known without a test, and what one should see. Modes that read the test themselves are not here. */
const EXPECTED: Record<string, Expectation> = {
  'service-no-ready-endpoints': EMPTY,
  'service-selector-no-match': EMPTY,
  'service-all-backends-terminal': EMPTY,
  'service-selectorless-no-endpoints': EMPTY,
  'service-named-target-port-unresolved': EMPTY,
  'ingress-backend-no-endpoints': EMPTY,
  'internal-traffic-policy-local-no-endpoint': EMPTY,
  'service-missing': NO_SUCH_NAME,
  'wrong-service-fqdn': NO_SUCH_NAME,
  'cross-namespace-short-name': NO_SUCH_NAME,
  'dns-policy-default-no-cluster-names': NO_SUCH_NAME,
  'dns-hostnetwork-clusterfirst': NO_SUCH_NAME,
  'coredns-not-running': SILENT_DNS,
  'coredns-loop': SILENT_DNS,
  'coredns-config-error': SILENT_DNS,
};

/** Two rows say it; more of the same are in the list of tests. */
const MAX_EVIDENCE = 2;

/** A finding that the test speaks against is one step less sure. */
const DOUBTED: Record<Confidence, Confidence> = { certain: 'likely', likely: 'hint', hint: 'hint' };

/** The reports with what the test says to each. */
export function confront(scene: Scene, reports: readonly Report[]): Report[] {
  const run = probeOf(scene);
  if (!run) return [...reports];
  return reports.map((report) => {
    const expected = EXPECTED[report.mode.id];
    const results = expected ? run.results.filter((result) => isAbout(result, expected, report)) : [];
    const confirming = results.filter(
      ({ outcome, symptom }) => outcome === 'failed' && expected?.symptoms.includes(symptom),
    );
    const speaksAgainst = confirming.length === 0 && results.some(({ outcome }) => outcome === 'ok');
    const quoted = speaksAgainst ? results.filter(({ outcome }) => outcome === 'ok') : confirming;
    if (quoted.length === 0) return report;
    const { details, mode } = report;
    return {
      ...report,
      details: {
        ...details,
        evidence: [
          ...details.evidence,
          ...quoted.slice(0, MAX_EVIDENCE).map((result) => probeEvidence(run, result)),
        ],
        ...(speaksAgainst ? { confidence: DOUBTED[details.confidence ?? mode.confidence] } : {}),
      },
    };
  });
}

function isAbout({ check, symptom }: ProbeResult, { about }: Expectation, { keys }: Report): boolean {
  if (about === 'missing names') return check.kind === 'lookup' && symptom === 'nxdomain';
  if (about === 'lookups') return check.kind === 'lookup' && check.service === undefined;
  return (
    check.kind === 'connect' && check.target.role === 'service' && keys.has(refKey(check.target.service))
  );
}
