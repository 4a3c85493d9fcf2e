import { isServed, reaches, successorOf } from '../../../schema/apis.ts';
import { lifecycleOf } from '../../../schema/schema.ts';
import { convert } from '../../apiConversion.ts';
import { objectRule } from '../../rule.ts';

export const deprecatedApiVersion = objectRule()({
  id: 'deprecated-api-version',
  group: 'apiversion',
  severity: 'warning',
  scope: 'object',
  kinds: 'all',
  case: 'removed-apis',
  sources: ['kube-score/stable-version', 'kube-linter/no-extensions-v1beta', 'popeye/403'],
  messages: {
    ending:
      '{apiVersion} {kind} is deprecated since {deprecated} and not served from {removed} on; {successor} is there already.',
    endingAlone: '{apiVersion} {kind} is deprecated since {deprecated} and not served from {removed} on.',
    rewrite: 'Use {successor}',
    convert: 'Convert to {successor}',
  },

  check(resource, { kubernetesVersion, report }) {
    const { apiVersion, kind } = resource.ref;
    const schema = resource.origin?.file.schema;
    const known = schema && lifecycleOf(schema, apiVersion, kind);
    if (!known || !reaches(kubernetesVersion, known.deprecated) || !isServed(known, kubernetesVersion))
      return;
    const successor = successorOf(schema, known, kubernetesVersion);
    const data = {
      apiVersion,
      kind,
      deprecated: known.deprecated,
      removed: known.removed,
      successor: successor?.apiVersion,
    };
    const conversion = successor && convert(resource, successor, schema);
    report(successor ? 'ending' : 'endingAlone', ['apiVersion'], {
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
