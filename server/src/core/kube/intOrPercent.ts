/** Values that are a number of pods or a share of them: `1`, `25%`. */
import type { IntOrString } from './types.ts';

export type IntOrPercent = { kind: 'count'; value: number } | { kind: 'percent'; value: number };

/** Reads a value; undefined when it is absent or what the API server refuses (`"1"`, `half`, `1.5`). */
export function parseIntOrPercent(value: IntOrString | undefined | null): IntOrPercent | undefined {
  if (typeof value === 'number') return Number.isInteger(value) ? { kind: 'count', value } : undefined;
  const match = typeof value === 'string' ? /^(\d+)%$/.exec(value) : null;
  return match ? { kind: 'percent', value: Number(match[1]) } : undefined;
}

/**
 * The number of pods that a value means of `total`. Disruption budgets and surge round shares up, unavailability of
 * a rollout rounds down: https://pkg.go.dev/k8s.io/apimachinery/pkg/util/intstr#GetScaledValueFromIntOrPercent
 */
export function scaled(value: IntOrPercent, total: number, round: 'up' | 'down'): number {
  if (value.kind === 'count') return value.value;
  const exact = (value.value * total) / 100;
  return round === 'up' ? Math.ceil(exact) : Math.floor(exact);
}
