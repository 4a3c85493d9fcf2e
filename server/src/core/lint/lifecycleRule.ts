/** What the rules about API versions that go have in common. */
import { isServed, type Release, reaches, successorOf } from '../schema/apis.ts';
import { type KnownKind, lifecycleOf } from '../schema/schema.ts';
import { convert } from './apiConversion.ts';
import { objectRule, type Rule } from './rule.ts';

export interface LifecycleSpec {
  id: string;
  severity: Rule['severity'];
  /** Does the rule tell this version at that release? */
  isTold(known: KnownKind, release: Release): boolean;
  /** `alone`: nothing takes its place. */
  messages: { replaced: string; alone: string };
}

/** Going: still served, and deprecated. */
export const isGoing = (known: KnownKind, release: Release): boolean =>
  reaches(release, known.deprecated) && isServed(known, release);

/** Gone: served no longer. */
export const isGone = ({ removed }: KnownKind, release: Release): boolean => reaches(release, removed);

export const lifecycleRule = ({ isTold, messages, ...meta }: LifecycleSpec): Rule =>
  objectRule()({
    ...meta,
    group: 'apiversion',
    scope: 'object',
    kinds: 'all',
    case: 'removed-apis',
    sources: ['kube-score/stable-version', 'kube-linter/no-extensions-v1beta', 'popeye/403'],
    messages: { ...messages, rewrite: 'Use {successor}', convert: 'Convert to {successor}' },

    check(resource, { kubernetesVersion, report }) {
      const { apiVersion, kind } = resource.ref;
      const schema = resource.origin?.file.schema;
      const known = schema && lifecycleOf(schema, apiVersion, kind);
      if (!known || !isTold(known, kubernetesVersion)) return;
      const successor = successorOf(schema, known, kubernetesVersion);
      const { deprecated, removed } = known;
      const data = { apiVersion, kind, deprecated, removed, successor: successor?.apiVersion };
      const conversion = successor && convert(resource, successor, schema);
      const title = conversion?.edits.length === 1 ? 'rewrite' : 'convert';
      report(successor ? 'replaced' : 'alone', ['apiVersion'], {
        data,
        fixes: conversion ? [{ title, data, ...conversion }] : [],
      });
    },
  });
