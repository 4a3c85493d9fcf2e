import type { Container, Handler } from '../../../kube/types.ts';
import { longRunning } from '../../../kube/workload.ts';
import { handlerOf } from '../../probes.ts';
import { objectRule } from '../../rule.ts';

/** How often the startup probe may fail before the container is given up: five minutes of ten-second periods. */
const STARTUP_FAILURES = 30;

/**
 * postStart runs beside the entrypoint, not after it, and its failure kills the container: a check of the container's
 * own port loses the race against the start, every time.
 */
export const poststartSelfCheck = objectRule()({
  id: 'poststart-self-check',
  group: 'probes',
  severity: 'warning',
  confidence: 'likely',
  scope: 'object',
  kinds: 'pods',
  case: 'poststart-healthcheck-crashloop',
  messages: {
    ownPort:
      'postStart asks container {container} itself: it runs while the entrypoint still starts, and its failure kills the container.',
    checks:
      'postStart of container {container} ends with an error when its check fails: it runs while the entrypoint still starts, and its failure kills the container.',
    startupProbe: 'Make it a startup probe, which is asked again until it succeeds',
  },

  check({ object }, { report }) {
    for (const { container, label, path } of longRunning(object)) {
      const hook = container.lifecycle?.postStart;
      const problem = hook && problemOf(hook, container);
      if (!problem) continue;
      const lifecycle = [...path, 'lifecycle'];
      const gone = container.lifecycle?.preStop ? [...lifecycle, 'postStart'] : lifecycle;
      const value = { ...handlerOf(hook), failureThreshold: STARTUP_FAILURES };
      report(problem, [...lifecycle, 'postStart'], {
        at: 'key',
        data: { container: label },
        fixes: container.startupProbe
          ? []
          : [
              {
                title: 'startupProbe',
                edits: [
                  { op: 'set', path: [...path, 'startupProbe'], value },
                  { op: 'delete', path: gone },
                ],
              },
            ],
      });
    }
  },
});

function problemOf(hook: Handler, container: Container): 'ownPort' | 'checks' | undefined {
  const { httpGet, tcpSocket, exec } = hook;
  const direct = httpGet ?? tcpSocket;
  // Without a host the kubelet asks the pod itself.
  if (direct) return !direct.host || OWN_HOST.test(direct.host) ? 'ownPort' : undefined;
  const command = exec?.command;
  const script = Array.isArray(command) ? command.filter((word) => typeof word === 'string').join(' ') : '';
  if (script === '' || FORGIVES.test(script)) return undefined;
  const givesUp = /\bexit\s+[1-9]/.test(script);
  // A loop that waits for the port holds the container up without killing it.
  if (/\b(until|while)\b/.test(script) && !givesUp) return undefined;
  if (asksItself(script, container)) return 'ownPort';
  return givesUp && /\|\||\bif\b|&&/.test(script) ? 'checks' : undefined;
}

const HOST = String.raw`(?:localhost|127\.0\.0\.1|\[?::1\]?|0\.0\.0\.0|\$\(hostname[^)]*\)|\$\{?(?:HOSTNAME|POD_IP|MY_POD_IP)\}?)`;
const OWN_HOST = new RegExp(`^${HOST}$`, 'i');
const CLIENT =
  /\b(curl|wget|nc|ncat|netcat|http|telnet|grpcurl|grpc_health_probe|grpc-health-probe|pg_isready|redis-cli|mysqladmin|mongosh?)\b/;
const NAMES_OWN_HOST = new RegExp(`(?:^|[\\s/"'=@])${HOST}(?=$|[\\s:/"';|&)])`, 'i');
/** Ends that swallow the failure, or work that goes on in the background. */
const FORGIVES = /(\|\|\s*(true|:|exit\s+0|echo\b[^;&|]*)|;\s*(true|exit\s+0)|(?<!&)&)["']?\s*$/;
/** Clients that ask this machine when they are told no host. */
const LOCAL_CLIENT = /\b(pg_isready|redis-cli|mysqladmin|mongosh?)\b(?!.*\s(-h|--host)[\s=])/;

function asksItself(script: string, { ports = [] }: Container): boolean {
  if (new RegExp(`/dev/tcp/${HOST}/`, 'i').test(script) || LOCAL_CLIENT.test(script)) return true;
  if (!CLIENT.test(script)) return false;
  if (NAMES_OWN_HOST.test(script)) return true;
  // `:8080/healthz` and the like: a port of its own, and no host before it.
  return ports.some(
    ({ containerPort }) => containerPort && new RegExp(`(?:^|\\s|//):${containerPort}\\b`).test(script),
  );
}
