/** Applications that listen on loopback only: they answer themselves and refuse everybody else. */
import { DEFAULT_NAMESPACE, type Resource } from '../../../kube/store.ts';
import type { Pod } from '../../../kube/types.ts';
import { activeContainers, type ContainerFact, livePods } from '../../containers.ts';
import { declared, topOwner } from '../../declared.ts';
import { endpointsOf, targetPortOf } from '../../endpoints.ts';
import { describeCommand, fieldEvidence, logCommand, logEvidence } from '../../evidence.ts';
import { defineMode } from '../../mode.ts';
import type { Scene } from '../../scene.ts';
import { nameOf } from '../name.ts';
import { callsInScene, WAITS } from './remote.ts';

const ADDRESS = String.raw`(?:127\.0\.0\.1|localhost|\[::1\])`;
const SAYS = new RegExp(
  String.raw`\b(?:listen|serv|start|bound|bind|running)\w*\b[^\n]{0,60}?${ADDRESS}:(?<port>\d{2,5})\b`,
  'i',
);
const CALLS = /connection refused|dial tcp|connect to/i;

interface Loopback {
  fact: ContainerFact;
  port: number;
  line: string;
}

/** Containers whose log says that they listen on loopback, and nowhere that they listen on more. */
function loopbacks(scene: Scene, pod: Resource<Pod>): Loopback[] {
  return activeContainers(pod).flatMap((fact): Loopback[] => {
    const log = scene.logOf(pod, fact.name, false);
    if (log === undefined) return [];
    const lines = log.split('\n').filter((line) => line.length < 1000 && !CALLS.test(line));
    const line = lines.find((text) => SAYS.test(text));
    const port = Number(line && SAYS.exec(line)?.groups?.port);
    if (
      line === undefined ||
      lines.some(
        (text) =>
          new RegExp(String.raw`(?:0\.0\.0\.0|\[::\]|[^\d\]]):${port}\b`).test(text) && !SAYS.test(text),
      )
    )
      return [];
    return [{ fact, port, line: line.trimEnd() }];
  });
}

export const appListensOnLoopback = defineMode({
  id: 'app-listens-on-loopback',
  step: 'service',
  severity: 'error',
  confidence: 'likely',
  case: 'bound-to-loopback',
  explains: [
    ...WAITS,
    'probe-depends-on-remote',
    'service-no-ready-endpoints',
    'ingress-backend-no-endpoints',
  ],
  messages: {
    loopback:
      'Container {container} of {workload} listens on loopback only (port {port}), so nobody outside the pod reaches it.',
  },
  detect(scene, { report }) {
    const calls = callsInScene(scene);
    for (const pod of livePods(scene)) {
      for (const { fact, port, line } of loopbacks(scene, pod)) {
        const services = scene.services.filter(
          (service) =>
            service.ref.namespace === (pod.ref.namespace ?? DEFAULT_NAMESPACE) &&
            endpointsOf(scene, service).selected.includes(pod) &&
            service.object.spec?.ports?.some((entry) => targetPortOf(pod, entry) === port),
        );
        const probe = fact.spec.readinessProbe?.httpGet?.port ?? fact.spec.readinessProbe?.tcpSocket?.port;
        const isProbed =
          probe === port ||
          fact.spec.ports?.some((entry) => entry.name === probe && entry.containerPort === port);
        // An admin port on loopback is good practice: it only matters when somebody is sent there.
        if (services.length === 0 && !isProbed) continue;
        const refused = calls.filter(
          ({ error, resolution }) =>
            error.symptom === 'refused' &&
            resolution.kind === 'service' &&
            services.includes(resolution.service),
        );
        const at = (fact.spec.args ?? []).findIndex((text) => /127\.0\.0\.1|localhost/.test(String(text)));
        const place = declared(scene, pod, [...fact.path, ...(at < 0 ? [] : ['args', at])]);
        report('loopback', place.guilty, {
          data: { container: fact.name, workload: nameOf(topOwner(scene, pod)), port },
          path: place.path,
          ...(refused.length > 0 ? { confidence: 'certain' as const } : {}),
          evidence: [
            logEvidence(pod, fact.name, false, line),
            ...(at < 0 ? [] : [fieldEvidence(pod, [...fact.path, 'args', at])]),
            ...refused
              .slice(0, 1)
              .map(({ fact: client, error, previous }) =>
                logEvidence(client.pod, client.name, previous, error.line),
              ),
          ],
          affects: [pod, ...services, ...refused.map(({ fact: client }) => client.pod)],
          commands: [...logCommand(fact), ...describeCommand(pod.ref)],
        });
      }
    }
  },
});
