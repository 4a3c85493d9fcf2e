/** Guided flows answer from a diagnosis, and never call what was not looked at ruled out. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MODES } from '../../server/src/core/diagnosis/modes/index.ts';
import { type DiagnosisReport, STEPS, type StepOutcome } from '../../server/src/core/diagnosis/report.ts';
import type { Finding } from '../../server/src/core/finding.ts';
import { answerFlow } from '../../server/src/core/flows.ts';
import { FLOWS } from '../../server/src/core/flowTable.ts';

const same = (text: string): string => text;
const [down] = FLOWS;
assert.ok(down);

function report(outcomes: Partial<Record<string, StepOutcome>>, causes: Finding[] = []): DiagnosisReport {
  return {
    subject: { kind: 'Pod', namespace: 'pay', name: 'ledger-0' },
    at: '2026-01-01T00:00:00Z',
    rootCauses: causes,
    consequences: [],
    healthy: [],
    notChecked: [],
    alsoSeen: [],
    steps: STEPS.map((step) => ({ step, outcome: outcomes[step] ?? 'passed', detail: `${step} detail` })),
  };
}

const finding = (id: string): Finding => ({
  id,
  severity: 'error',
  confidence: 'certain',
  object: { apiVersion: 'v1', kind: 'Node', name: 'n1' },
  message: `${id} message`,
  evidence: [],
  case: 'c',
  fixes: [],
});

describe('guided flows', () => {
  it('has five, each ending in a test of the cluster', () => {
    assert.equal(FLOWS.length, 5);
    for (const flow of FLOWS) assert.equal(flow.checks.at(-1)?.answer.kind, 'probe');
    assert.equal(new Set(FLOWS.map(({ id }) => id)).size, FLOWS.length);
  });

  it('asks only for steps and modes that exist', () => {
    const modes = new Set(MODES.map(({ id }) => id));
    for (const { checks } of FLOWS)
      for (const { answer } of checks) {
        if (answer.kind !== 'diagnosis') continue;
        for (const step of answer.steps) assert.ok(STEPS.includes(step), step);
        if (answer.modes)
          assert.ok(
            answer.modes.some((id) => modes.has(id)),
            answer.modes.join(),
          );
      }
  });

  it('stops at the first yes, with its proof', () => {
    const answers = answerFlow(down, report({ probes: 'failed' }, [finding('readiness-timeout')]), same);
    assert.deepEqual(
      answers.map(({ outcome }) => outcome),
      ['ruled-out', 'ruled-out', 'found', 'skipped', 'skipped', 'skipped', 'skipped'],
    );
    assert.deepEqual(answers[2]?.proof, ['probes detail', 'readiness-timeout message']);
  });

  it('keeps open what was not checked, and goes on', () => {
    const answers = answerFlow(down, report({ policy: 'not-checked' }), same);
    const policy = answers.find(({ check }) => check.id === 'policy');
    assert.equal(policy?.outcome, 'not-checked');
    assert.deepEqual(policy?.proof, ['policy detail']);
    assert.equal(answers.at(-1)?.outcome, 'probe');
  });

  it('narrows a step to the modes that a check names', () => {
    const node = FLOWS.find(({ id }) => id === 'single-node');
    assert.ok(node);
    const clock = (causes: Finding[]): string | undefined =>
      answerFlow(node, report({}, causes), same).find(({ check }) => check.id === 'clock')?.outcome;
    assert.equal(clock([finding('node-clock-skew')]), 'found');
    assert.equal(clock([finding('node-disk-pressure')]), 'ruled-out');
  });
});
