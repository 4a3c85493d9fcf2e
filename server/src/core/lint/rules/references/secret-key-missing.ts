import { missingKeyRule } from '../../missingKey.ts';

export const secretKeyMissing = missingKeyRule({
  id: 'secret-key-missing',
  kind: 'Secret',
  messages: {
    missing: 'Secret {name} has no key {key}, only {offered}; the container does not start.',
    empty: 'Secret {name} has no key {key}, nor any other; the container does not start.',
    theKeys: 'Secret {name}',
    useKey: 'Use key {near}',
  },
});
