import { reaches, successorOf } from '../../../schema/apis.ts';
import { lifecycleOf } from '../../../schema/schema.ts';
import { convert } from '../../apiConversion.ts';
import { objectRule } from '../../rule.ts';

export const removedApiVersion = objectRule()({
  id: 'removed-api-version',
  group: 'apiversion',
  severity: 'error',
  scope: 'object',
  kinds: 'all',
  case: 'removed-apis',
  sources: ['kube-score/stable-version', 'kube-linter/no-extensions-v1beta', 'popeye/403'],
  messages: {
    replaced:
      '{apiVersion} {kind} is not served since {removed}, {successor} is; the API server refuses the object.',
    gone: '{apiVersion} {kind} is not served since {removed}, and nothing takes its place; the API server refuses the object.',
    rewrite: 'Use {successor}',
    convert: 'Convert to {successor}',
  },

  check(resource, { kubernetesVersion, report }) {
    const { apiVersion, kind } = resource.ref;
    const schema = resource.origin?.file.schema;
    const known = schema && lifecycleOf(schema, apiVersion, kind);
    if (!known || !reaches(kubernetesVersion, known.removed)) return;
    const successor = successorOf(schema, known, kubernetesVersion);
    const data = { apiVersion, kind, removed: known.removed, successor: successor?.apiVersion };
    const conversion = successor && convert(resource, successor, schema);
    report(successor ? 'replaced' : 'gone', ['apiVersion'], {
      data,
      fixes: conversion
        ? [
            {
              title: conversion.edits.length === 1 ? 'rewrite' : 'convert',
              data,
              safe: conversion.safe,
              edits: conversion.edits,
            },
          ]
        : [],
    });
  },
});
