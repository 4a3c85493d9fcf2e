/** Sentences of an active test. */
export const PROBE_MESSAGES = {
  reads: 'read the resolvers of the pod, and where its processes listen',
  lookup: 'look up {name}',
  lookupVia: 'look up {name} at {server} ({protocol})',
  ask: 'look up {name} at DNS pod {pod} ({address})',
  connectService: 'connect to Service {service} at {address}',
  connectEndpoint: 'connect to {pod} at {address}, behind Service {service}',
  connectHost: 'connect to {address}',
  connectProxy: 'connect to the health port of kube-proxy on node {node} ({address})',
  ownProxy: 'connect to the health port of kube-proxy ({port}) on the node that the test runs on',
  noNodeAddress: 'The status of the pod that tests names no address of its node.',
  http: 'ask {url}',
  packets: 'send packets of up to 1500 bytes to {address}',
  unsupported: 'An active test is made for pods, what makes pods, Services and Ingresses, not for a {kind}.',
  noPod: '{kind} {name} has no pod that an active test could run in.',
  podEnded: 'Pod {name} has ended, so nothing can be tested from it.',
  podStatic: 'Pod {name} is a static pod, which takes no ephemeral containers.',
  podLeaving: 'Pod {name} is being deleted, so nothing is tested from it.',
  podNoNetwork: 'Pod {name} has no address yet, so nothing can be tested from it.',
  podWindows: 'Pod {name} runs on Windows, where the tools of the test do not run.',
  nothing: 'There is nothing to test: no Service leads here, and the pods name no host.',
  udp: 'port {port}/{protocol} of Service {service}',
  udpWhy:
    'A {protocol} port that is silent may be closed or may have nothing to say; only its own client can tell.',
  tooMany: '{count} more tests',
  tooManyWhy: 'One active test makes at most {most}.',
  notRun: 'The test was cut off before it came to this.',
  outOfTime: 'The test ran out of time before this was answered.',
  tool: 'The image lacks the tool, or has another one of this name: {text}',
  policyForeign:
    'NetworkPolicy {policies} does not admit the pod that was made for the test; whether the real clients get through is not tested.',
  silentPing:
    'ICMP does not come back ({text}), so the size of packets is not known; policies often drop it.',
  silentProxy: 'No answer; a policy or another proxy may be the reason.',
  activeTest: 'Active test',
  unexplained: 'It failed, and no known fault explains it: {text}',
  reached: 'The active test from {from} found no fault ({count} {count:test|tests}).',
} as const;

export type ProbeMessage = keyof typeof PROBE_MESSAGES;
