import { missingProbeRule } from '../../missingProbe.ts';

export const missingReadinessProbeStrict = missingProbeRule({
  id: 'missing-readiness-probe-strict',
  field: 'readinessProbe',
  sources: ['kube-linter/no-readiness-probe', 'polaris/readinessProbeMissing', 'popeye/104'],
  messages: {
    missing:
      'Container {container} has no readiness probe: it counts as ready as soon as its process starts.',
    probePort: 'Add a readiness probe on port {port}',
  },
});
