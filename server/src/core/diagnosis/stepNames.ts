/** What the ladder's steps are called, and the words of their outcomes. */
import type { Translate } from '../finding.ts';
import type { ProbeOutcome } from '../probe/check.ts';
import type { ProbeReport, Step, StepOutcome } from './report.ts';

const STEP_NAMES = {
  exists: 'exists',
  node: 'node',
  scheduled: 'scheduled',
  volumes: 'volumes',
  sandbox: 'pod network',
  image: 'image',
  configured: 'configuration',
  started: 'started',
  running: 'running',
  probes: 'probes',
  service: 'Service',
  ingress: 'Ingress',
  policy: 'network policy',
  dns: 'DNS',
  controller: 'controller',
} satisfies Record<Step, string>;

const OUTCOME_NAMES = {
  passed: 'passed',
  failed: 'failed',
  'not-checked': 'not checked',
  'not-reached': 'not reached',
} satisfies Record<StepOutcome, string>;

/** Shape of an outcome, so that colour is never needed to tell them apart. */
export const OUTCOME_SIGNS = {
  passed: '✓',
  failed: '✖',
  'not-checked': '?',
  'not-reached': '–',
} satisfies Record<StepOutcome, string>;

const PROBE_OUTCOMES = {
  ok: 'works',
  failed: 'failed',
  inconclusive: 'says nothing',
} satisfies Record<ProbeOutcome, string>;

export const PROBE_SIGNS = { ok: '✓', failed: '✖', inconclusive: '?' } satisfies Record<ProbeOutcome, string>;

export const probeOutcomeName = (outcome: ProbeOutcome, translate: Translate): string =>
  translate(PROBE_OUTCOMES[outcome]);

/** `Pod shop/web-1, worker-2`. */
export const probePlace = ({ from, node }: ProbeReport): string => (node ? `${from}, ${node}` : from);

export const stepName = (step: Step, translate: Translate): string => translate(STEP_NAMES[step]);
export const outcomeName = (outcome: StepOutcome, translate: Translate): string =>
  translate(OUTCOME_NAMES[outcome]);
