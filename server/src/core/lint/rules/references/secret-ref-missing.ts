import { missingRefRule } from '../../missingRef.ts';

export const secretRefMissing = missingRefRule({
  id: 'secret-ref-missing',
  kind: 'Secret',
  severity: 'info',
  // Secrets are often kept out of the repository: by default only names that look like a slip are told.
  params: { ignore: [], needAny: true, mode: 'typo' },
  messages: {
    missing:
      'Secret {name} is not declared in namespace {namespace}; the container does not start without it.',
    missingNear:
      'Secret {name} is not declared in namespace {namespace}, {near} is; the container does not start without it.',
    elsewhere:
      'Secret {name} is declared in namespace {other} and not in {namespace}; pods use those of their own namespace.',
    useName: 'Use Secret {near}',
    makeOptional: 'Make the reference optional',
  },
});
