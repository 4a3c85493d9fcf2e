import assert from 'node:assert/strict';
import { test } from 'node:test';
import { capabilitiesOf, effectiveSecurity } from '../../../server/src/core/kube/effectiveSecurity.ts';

test('a container field wins over the pod field, one by one', () => {
  const spec = {
    securityContext: { runAsUser: 1000, runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
  };
  assert.deepEqual(effectiveSecurity(spec, { securityContext: { runAsUser: 0 } }), {
    runAsUser: 0,
    runAsNonRoot: true,
    seccompType: 'RuntimeDefault',
    hasSeLinux: false,
  });
  assert.deepEqual(effectiveSecurity(undefined, {}), { hasSeLinux: false });
  assert.equal(effectiveSecurity(spec, { securityContext: { runAsNonRoot: false } }).runAsNonRoot, false);
});

test('capability names are read with and without prefix, in any case', () => {
  const container = {
    securityContext: { capabilities: { add: ['cap_sys_admin', 'NET_RAW'], drop: ['all'] } },
  };
  assert.deepEqual(capabilitiesOf(container), { add: ['SYS_ADMIN', 'NET_RAW'], drop: ['ALL'] });
  assert.deepEqual(capabilitiesOf({}), { add: [], drop: [] });
});
