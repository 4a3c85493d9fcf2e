import { missingProbeRule } from '../../missingProbe.ts';

export const missingLivenessProbe = missingProbeRule({
  id: 'missing-liveness-probe',
  field: 'livenessProbe',
  sources: ['kube-linter/no-liveness-probe', 'polaris/livenessProbeMissing', 'popeye/103'],
  messages: {
    missing: 'Container {container} has no liveness probe: a process that hangs is never restarted.',
    probePort: 'Add a liveness probe on port {port}',
  },
});
