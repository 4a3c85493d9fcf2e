import { missingKeyRule } from '../../missingKey.ts';

export const configmapKeyMissing = missingKeyRule({
  id: 'configmap-key-missing',
  kind: 'ConfigMap',
  messages: {
    missing: 'ConfigMap {name} has no key {key}, only {offered}; the container does not start.',
    empty: 'ConfigMap {name} has no key {key}, nor any other; the container does not start.',
    theKeys: 'ConfigMap {name}',
    useKey: 'Use key {near}',
  },
});
