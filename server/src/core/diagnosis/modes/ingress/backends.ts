/** Ingresses: class, backends, certificates. */
import { type Backend, backendsOf } from '../../../kube/backends.ts';
import type { KubeObject } from '../../../kube/object.ts';
import type { Resource } from '../../../kube/store.ts';
import type { Ingress, Secret, Service } from '../../../kube/types.ts';
import { nearest } from '../../../nearest.ts';
import { endpointsOf } from '../../endpoints.ts';
import { describeCommand, fieldEvidence, kubectl } from '../../evidence.ts';
import { defineMode } from '../../mode.ts';
import type { Scene } from '../../scene.ts';
import { listOf } from '../name.ts';

/** Backends that concern the scene: all of an Ingress that is asked about, else those that lead to its Services. */
function backends(
  scene: Scene,
): { ingress: Resource<Ingress>; backend: Backend; service?: Resource<Service> }[] {
  const isAsked = (ingress: Resource): boolean =>
    ingress.object === scene.object?.object || scene.subject.kind === 'Namespace';
  return scene.ingresses.flatMap((ingress) =>
    backendsOf(ingress.object).flatMap((backend) => {
      const service = scene.find<Service>('Service', ingress.ref.namespace, backend.service);
      if (!isAsked(ingress) && !(service && scene.services.includes(service))) return [];
      return [{ ingress, backend, ...(service ? { service } : {}) }];
    }),
  );
}

export const ingressBackendServiceMissing = defineMode({
  id: 'ingress-backend-service-missing',
  step: 'ingress',
  severity: 'error',
  confidence: 'certain',
  case: 'ingress-backend-missing',
  messages: {
    missing:
      'Ingress {ingress} routes to Service {service}, which does not exist in namespace {namespace}: it answers 503.',
    near: 'Ingress {ingress} routes to Service {service}, which does not exist in namespace {namespace}; {near} does.',
  },
  detect(scene, { report }) {
    for (const { ingress, backend, service } of backends(scene)) {
      const { namespace, name } = ingress.ref;
      if (service || scene.gapOf('Service', namespace)) continue;
      const near = nearest(
        backend.service,
        scene.store.list('Service', namespace).map(({ ref }) => ref.name),
      );
      report(near ? 'near' : 'missing', ingress, {
        data: { ingress: name, service: backend.service, namespace, near },
        path: backend.servicePath,
        evidence: [fieldEvidence(ingress, backend.servicePath)],
        commands: [...describeCommand(ingress.ref), ...kubectl(namespace, 'get', 'services')],
      });
    }
  },
});

export const ingressBackendPortMissing = defineMode({
  id: 'ingress-backend-port-missing',
  step: 'ingress',
  severity: 'error',
  confidence: 'certain',
  case: 'ingress-backend-missing',
  messages: { missing: 'Ingress {ingress} routes to port {port} of Service {service}, which has {ports}.' },
  detect(scene, { report }) {
    for (const { ingress, backend, service } of backends(scene)) {
      if (!service || backend.port === undefined || service.object.spec?.type === 'ExternalName') continue;
      const ports = service.object.spec?.ports ?? [];
      if (ports.some(({ name, port }) => name === backend.port || port === backend.port)) continue;
      report('missing', ingress, {
        data: {
          ingress: ingress.ref.name,
          port: backend.port,
          service: service.ref.name,
          ports: listOf(ports.map(({ name, port }) => (name ? `${name} (${port})` : String(port)))) || '0',
        },
        path: backend.portPath ?? backend.servicePath,
        evidence: [
          fieldEvidence(ingress, backend.portPath ?? backend.servicePath),
          fieldEvidence(service, ['spec', 'ports']),
        ],
        affects: [service],
        commands: describeCommand(ingress.ref),
      });
    }
  },
});

/** A sign that always has a reason of its own, further down. */
export const ingressBackendNoEndpoints = defineMode({
  id: 'ingress-backend-no-endpoints',
  step: 'ingress',
  severity: 'error',
  confidence: 'certain',
  case: 'readiness-failing-no-ready-endpoints',
  symptom: true,
  messages: { none: 'Ingress {ingress} answers 503: Service {service} behind it has no ready endpoint.' },
  detect(scene, { report }) {
    const said = new Set<string>();
    for (const { ingress, service } of backends(scene)) {
      if (!service || service.object.spec?.type === 'ExternalName') continue;
      const { ready, slices } = endpointsOf(scene, service);
      // Addresses without a port are of no use: the port's name is on none of the pods.
      const usable = slices.length === 0 || slices.some(({ object }) => (object.ports ?? []).length > 0);
      const key = `${ingress.ref.name}|${service.ref.name}`;
      if ((ready > 0 && usable) || said.has(key)) continue;
      said.add(key);
      report('none', ingress, {
        data: { ingress: ingress.ref.name, service: service.ref.name },
        path: ['spec', 'rules'],
        evidence: [
          ...slices
            .slice(0, 1)
            .map((slice) => fieldEvidence(slice, slice.object.ports?.length ? ['endpoints'] : ['ports'])),
          ...(slices.length === 0 ? [fieldEvidence(service, ['spec', 'selector'])] : []),
        ],
        affects: [service],
        commands: describeCommand(ingress.ref),
      });
    }
  },
});

const CLASS_ANNOTATION = 'kubernetes.io/ingress.class';
const DEFAULT_CLASS = 'ingressclass.kubernetes.io/is-default-class';

export const ingressClassNotFound = defineMode({
  id: 'ingress-class-not-found',
  step: 'ingress',
  severity: 'error',
  confidence: 'certain',
  case: 'ingress-class-or-backend-protocol',
  messages: {
    missing:
      'IngressClass {name} of Ingress {ingress} does not exist, so no controller serves it; there is {classes}.',
    none: 'IngressClass {name} of Ingress {ingress} does not exist, and the cluster has no IngressClass at all.',
  },
  detect(scene, { report, notChecked }) {
    if (scene.ingresses.length === 0) return;
    if (scene.gapOf('IngressClass')) {
      notChecked('IngressClass', 'IngressClass');
      return;
    }
    const classes = scene.store.list('IngressClass').map(({ ref }) => ref.name);
    for (const ingress of scene.ingresses) {
      const name = ingress.object.spec?.ingressClassName;
      // The old annotation names controllers that may know it without an IngressClass.
      if (!name || classes.includes(name)) continue;
      report(classes.length > 0 ? 'missing' : 'none', ingress, {
        data: { name, ingress: ingress.ref.name, classes: listOf(classes.sort()) },
        path: ['spec', 'ingressClassName'],
        evidence: [fieldEvidence(ingress, ['spec', 'ingressClassName'])],
        commands: kubectl(undefined, 'get', 'ingressclasses'),
      });
    }
  },
});

export const ingressNoClass = defineMode({
  id: 'ingress-no-class',
  step: 'ingress',
  severity: 'error',
  confidence: 'likely',
  case: 'ingress-class-or-backend-protocol',
  messages: {
    none: 'Ingress {ingress} names no class and no IngressClass is the default: controllers leave it alone.',
  },
  detect(scene, { report }) {
    if (scene.gapOf('IngressClass')) return;
    const isDefault = ({ object }: Resource<KubeObject>): boolean =>
      object.metadata.annotations?.[DEFAULT_CLASS] === 'true';
    if (scene.store.list('IngressClass').some(isDefault)) return;
    for (const ingress of scene.ingresses) {
      const { spec, status, metadata } = ingress.object;
      if (spec?.ingressClassName || metadata.annotations?.[CLASS_ANNOTATION]) continue;
      // An address means that some controller took it: several do without a class.
      if ((status?.loadBalancer?.ingress ?? []).length > 0) continue;
      report('none', ingress, {
        data: { ingress: ingress.ref.name },
        path: ['spec'],
        evidence: [fieldEvidence(ingress, ['status', 'loadBalancer'])],
        commands: kubectl(undefined, 'get', 'ingressclasses'),
      });
    }
  },
});

export const ingressTlsSecretInvalid = defineMode({
  id: 'ingress-tls-secret-invalid',
  step: 'ingress',
  severity: 'warning',
  confidence: 'certain',
  case: 'tls-san-or-sni-mismatch',
  messages: {
    missing:
      "TLS Secret {secret} of Ingress {ingress} does not exist: clients get the controller's own certificate.",
    type: "TLS Secret {secret} of Ingress {ingress} has type {type} and lacks {keys}: clients get the controller's own certificate.",
  },
  detect(scene, { report, notChecked }) {
    for (const ingress of scene.ingresses) {
      const { namespace } = ingress.ref;
      for (const [at, { secretName }] of (ingress.object.spec?.tls ?? []).entries()) {
        if (!secretName) continue;
        if (scene.gapOf('Secret', namespace) || !scene.store.has('Secret')) {
          notChecked('Secret', 'Secret', namespace);
          continue;
        }
        const secret = scene.find<Secret>('Secret', namespace, secretName);
        const lacks = ['tls.crt', 'tls.key'].filter((key) => !(key in (secret?.object.data ?? {})));
        // Known by name only: that it exists is all that was read.
        if (secret && (lacks.length === 0 || secret.object.data === undefined)) continue;
        report(secret ? 'type' : 'missing', ingress, {
          data: {
            secret: secretName,
            ingress: ingress.ref.name,
            type: secret?.object.type ?? 'Opaque',
            keys: lacks.join(', '),
          },
          path: ['spec', 'tls', at, 'secretName'],
          evidence: [fieldEvidence(ingress, ['spec', 'tls', at])],
          commands: kubectl(namespace, 'get', 'secrets'),
        });
      }
    }
  },
});
