import { admission } from './admission.ts';
import { claims, controllers } from './controllers.ts';
import { image } from './image.ts';
import { ingresses, names, policies, ways } from './network.ts';
import { failedPods, nodes, sandboxes, terminating, volumes } from './pods.ts';
import { probedWays } from './probed.ts';
import { probes } from './probes.ts';
import { config, endings, logCauses, ports } from './runtime.ts';
import type { Scenario } from './scenario.ts';
import { scheduling } from './scheduling.ts';
import { services } from './services.ts';
import { statistics } from './statistics.ts';

export const scenarios: Scenario[] = [
  ...admission,
  ...nodes,
  ...scheduling,
  ...claims,
  ...volumes,
  ...sandboxes,
  ...image,
  ...config,
  ...endings,
  ...logCauses,
  ...ports,
  ...statistics,
  ...failedPods,
  ...probes,
  ...services,
  ...ingresses,
  ...policies,
  ...ways,
  ...probedWays,
  ...names,
  ...controllers,
  ...terminating,
];
