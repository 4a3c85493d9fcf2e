import { groupOf } from '../../../kube/ref.ts';
import { DEFAULT_NAMESPACE } from '../../../kube/store.ts';
import type { HorizontalPodAutoscaler } from '../../../kube/types.ts';
import { POD_KINDS } from '../../../kube/workload.ts';
import { nearest } from '../../../nearest.ts';
import { objectRule } from '../../rule.ts';

const PATH = ['spec', 'scaleTargetRef'];
/** What a ScaledObject scales when it does not say. */
const KEDA_DEFAULT = { kind: 'Deployment', apiVersion: 'apps/v1' };

export const hpaTargetMissing = objectRule<HorizontalPodAutoscaler>()({
  id: 'hpa-target-missing',
  group: 'references',
  severity: 'error',
  confidence: 'likely',
  scope: 'workspace',
  kinds: ['HorizontalPodAutoscaler', 'keda.sh/ScaledObject'],
  case: 'hpa-no-metrics',
  sources: [
    'kube-score/horizontalpodautoscaler-has-target',
    'kube-linter/dangling-horizontalpodautoscaler',
    'popeye/600',
  ],
  messages: {
    missing: '{kind} {name} is not declared in namespace {namespace}; the autoscaler scales nothing.',
    missingNear:
      '{kind} {name} is not declared in namespace {namespace}, {near} is; the autoscaler scales nothing.',
    elsewhere:
      '{kind} {name} is declared in namespace {other} and not in {namespace}; an autoscaler scales objects of its own namespace.',
    wrongKind: '{name} is a {actual} and no {kind}; the autoscaler scales nothing.',
    wrongApi: '{kind} {name} is of {actual} and not of {wanted}; the autoscaler does not find it.',
    theObject: '{kind} {name}',
    useName: 'Scale {kind} {near}',
    useKind: 'Scale the {actual}',
    useApi: 'Use apiVersion {actual}',
  },

  check({ object, ref }, { store, report }) {
    const target = object.spec?.scaleTargetRef;
    const { name } = target ?? {};
    const keda = ref.kind === 'ScaledObject' ? KEDA_DEFAULT : undefined;
    const kind = target?.kind ?? keda?.kind;
    if (!name || !kind) return;
    const apiVersion = target?.apiVersion ?? keda?.apiVersion;
    const namespace = ref.namespace ?? DEFAULT_NAMESPACE;
    const data = { kind, name, namespace };

    const found = store.find(kind, namespace, name);
    if (found) {
      const actual = found.ref.apiVersion;
      if (apiVersion === undefined || groupOf(apiVersion) === groupOf(actual)) return;
      if (store.get({ apiVersion, kind, namespace, name })) return;
      report('wrongApi', [...PATH, 'apiVersion'], {
        data: { ...data, wanted: apiVersion, actual },
        related: [{ resource: found, path: ['apiVersion'], message: 'theObject', data }],
        fixes: [
          {
            title: 'useApi',
            data: { actual },
            edits: [{ op: 'set', path: [...PATH, 'apiVersion'], value: actual }],
          },
        ],
      });
      return;
    }

    const workloads = store.workloads(namespace).filter(({ ref }) => ref.kind !== 'Pod');
    const namesake = workloads.find((workload) => workload.ref.name === name);
    if (namesake) {
      const { kind: actual, apiVersion } = namesake.ref;
      report('wrongKind', [...PATH, 'kind'], {
        data: { ...data, actual },
        related: [
          {
            resource: namesake,
            path: ['metadata', 'name'],
            message: 'theObject',
            data: { kind: actual, name },
          },
        ],
        fixes: [
          {
            title: 'useKind',
            data: { actual },
            edits: [
              { op: 'set', path: [...PATH, 'kind'], value: actual },
              { op: 'set', path: [...PATH, 'apiVersion'], value: apiVersion },
            ],
          },
        ],
      });
      return;
    }

    const others = store.list(kind);
    const other = others.find((candidate) => candidate.ref.name === name)?.ref.namespace;
    if (other !== undefined) {
      report('elsewhere', [...PATH, 'name'], { data: { ...data, other } });
      return;
    }
    const names = others.flatMap((candidate) =>
      candidate.ref.namespace === namespace ? candidate.ref.name : [],
    );
    // The other side is not in the workspace: neither its kind nor, for kinds that make pods, any workload.
    if (names.length === 0 && !(POD_KINDS.includes(kind) && workloads.length > 0)) return;
    const near = nearest(name, names);
    report(near === undefined ? 'missing' : 'missingNear', [...PATH, 'name'], {
      data: { ...data, near },
      fixes:
        near === undefined
          ? []
          : [
              {
                title: 'useName',
                data: { kind, near },
                edits: [{ op: 'set', path: [...PATH, 'name'], value: near }],
              },
            ],
    });
  },
});
