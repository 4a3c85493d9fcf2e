import { missingRefRule } from '../../missingRef.ts';

export const configmapRefMissing = missingRefRule({
  id: 'configmap-ref-missing',
  kind: 'ConfigMap',
  severity: 'warning',
  params: { ignore: [], needAny: true, mode: 'strict' },
  messages: {
    missing:
      'ConfigMap {name} is not declared in namespace {namespace}; the container does not start without it.',
    missingNear:
      'ConfigMap {name} is not declared in namespace {namespace}, {near} is; the container does not start without it.',
    elsewhere:
      'ConfigMap {name} is declared in namespace {other} and not in {namespace}; pods use those of their own namespace.',
    useName: 'Use ConfigMap {near}',
    makeOptional: 'Make the reference optional',
    create: 'Create ConfigMap {name} in this file',
  },
});
