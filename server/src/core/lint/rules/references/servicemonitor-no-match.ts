import { nearestByLabels } from '../../../kube/nearestLabels.ts';
import type { KubeObject } from '../../../kube/object.ts';
import { declaredPorts } from '../../../kube/ports.ts';
import {
  formatSelector,
  isEmptySelector,
  type LabelSelector,
  type Labels,
  matchesSelector,
} from '../../../kube/selector.ts';
import type { Resource, Store } from '../../../kube/store.ts';
import type { Service } from '../../../kube/types.ts';
import { nearest } from '../../../nearest.ts';
import type { Path } from '../../../path.ts';
import { objectRule } from '../../rule.ts';
import { agreeWith, formatHas, missPath, podLabelsPath } from '../../selectorMiss.ts';

const SELECTOR = ['spec', 'selector'];

interface Endpoint {
  port?: string;
}

interface Monitor extends KubeObject {
  spec?: {
    selector?: LabelSelector;
    namespaceSelector?: { any?: boolean; matchNames?: string[] };
    endpoints?: Endpoint[];
    podMetricsEndpoints?: Endpoint[];
  };
}

/** Something a monitor can select: a Service, or what makes pods. */
interface Target {
  resource: Resource;
  labels: Labels | undefined;
  labelsPath: Path;
  ports: string[];
}

export const servicemonitorNoMatch = objectRule<Monitor>()({
  id: 'servicemonitor-no-match',
  group: 'references',
  severity: 'warning',
  confidence: 'likely',
  scope: 'workspace',
  kinds: ['monitoring.coreos.com/ServiceMonitor', 'monitoring.coreos.com/PodMonitor'],
  case: 'monitor-without-targets',
  sources: ['kube-linter/dangling-servicemonitor'],
  messages: {
    none: 'Selector {selector} is on no {what} of the monitored namespaces; nothing is scraped.',
    near: 'Selector {selector} is on no {what} of the monitored namespaces, {target} has {labels}; nothing is scraped.',
    elsewhere:
      'The selector matches {target} of namespace {other}, which the monitor does not look at; nothing is scraped.',
    noPort: 'Port {port} is on none of the selected objects, they have {offered}; nothing is scraped.',
    theTarget: '{target}',
    useLabels: 'Select {target}',
    usePort: 'Scrape port {near}',
  },

  check({ object, ref }, { store, report }) {
    const { spec } = object;
    if (!spec) return;
    const isPods = ref.kind === 'PodMonitor';
    const all = isPods ? podTargets(store) : serviceTargets(store);
    if (all.length === 0) return;
    const { any, matchNames = [] } = spec.namespaceSelector ?? {};
    // A monitor without a namespace gets one when it is applied: it may be any.
    const namespaces =
      any === true || (matchNames.length === 0 && object.metadata.namespace === undefined)
        ? undefined
        : matchNames.length > 0
          ? matchNames
          : [ref.namespace ?? ''];
    const inView = ({ resource }: Target) =>
      namespaces === undefined || namespaces.includes(resource.ref.namespace ?? '');
    const selector = spec.selector ?? {};
    const matching = all.filter(({ labels }) => matchesSelector(selector, labels));
    const selected = matching.filter(inView);

    if (selected.length > 0) {
      const field = isPods ? 'podMetricsEndpoints' : 'endpoints';
      const offered = [...new Set(selected.flatMap(({ ports }) => ports))];
      // Targets without any named port are half typed.
      if (offered.length === 0) return;
      for (const [index, { port }] of (spec[field] ?? []).entries()) {
        if (typeof port !== 'string' || offered.includes(port)) continue;
        const path = ['spec', field, index, 'port'];
        const near = nearest(port, offered) ?? (offered.length === 1 ? offered[0] : undefined);
        report('noPort', path, {
          data: { port, offered: offered.join(', ') },
          related: selected.slice(0, 1).map(theTarget),
          fixes:
            near === undefined
              ? []
              : [{ title: 'usePort', data: { near }, edits: [{ op: 'set', path, value: near }] }],
        });
      }
      return;
    }

    const data = { selector: formatSelector(selector), what: isPods ? 'pod' : 'Service' };
    const [outside] = matching;
    if (outside) {
      report('elsewhere', namespaces && matchNames.length > 0 ? ['spec', 'namespaceSelector'] : SELECTOR, {
        at: 'key',
        data: { target: formatTarget(outside), other: outside.resource.ref.namespace },
        related: [theTarget(outside)],
      });
      return;
    }
    const candidates = all.filter(inView);
    if (candidates.length === 0 || isEmptySelector(selector)) return;
    const near = nearestByLabels(
      selector.matchLabels ?? {},
      candidates,
      ({ labels, resource }) => ({ labels, name: resource.ref.name }),
      ref.name,
    );
    if (!near || formatHas(near.differences) === '') {
      report('none', SELECTOR, { at: 'key', data });
      return;
    }
    const labelsPath = [...SELECTOR, 'matchLabels'];
    const target = formatTarget(near.target);
    report('near', missPath(labelsPath, near.differences), {
      data: { ...data, target, labels: formatHas(near.differences) },
      related: [theTarget(near.target)],
      fixes: [{ title: 'useLabels', data: { target }, edits: agreeWith(labelsPath, near.differences) }],
    });
  },
});

const serviceTargets = (store: Store): Target[] =>
  store.list<Service>('Service', undefined, '').map((resource) => ({
    resource,
    labels: resource.object.metadata.labels,
    labelsPath: ['metadata', 'labels'],
    ports: (resource.object.spec?.ports ?? []).flatMap(({ name }) => name ?? []),
  }));

const podTargets = (store: Store): Target[] =>
  store.workloads().map((workload) => ({
    resource: workload,
    labels: workload.template.metadata?.labels,
    labelsPath: podLabelsPath(workload),
    ports: declaredPorts(workload).flatMap(({ port }) => port.name ?? []),
  }));

const formatTarget = ({ resource }: Target): string => `${resource.ref.kind}/${resource.ref.name}`;

const theTarget = (target: Target) => ({
  resource: target.resource,
  path: target.labelsPath,
  message: 'theTarget' as const,
  data: { target: formatTarget(target) },
});
