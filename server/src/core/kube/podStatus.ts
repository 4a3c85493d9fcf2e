/**
 * A pod's status, ready count and restarts in one line, by the rules of `kubectl get pods`
 * (printPod in https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/printers/internalversion/printers.go).
 */
import type { ContainerStatus, Pod } from './types.ts';

export interface PodStatusLine {
  /** `Running`, `Init:CrashLoopBackOff`, `Terminating`. */
  status: string;
  /** `1/2`. */
  ready: string;
  restarts: number;
  isReady: boolean;
}

type Terminated = NonNullable<NonNullable<ContainerStatus['state']>['terminated']>;

export function podStatusLine(pod: Pod): PodStatusLine {
  const { spec = {}, status = {}, metadata } = pod;
  const condition = (type: string) => status.conditions?.find((each) => each.type === type);
  const sidecars = new Set(
    (spec.initContainers ?? [])
      .filter(({ restartPolicy }) => restartPolicy === 'Always')
      .map(({ name }) => name),
  );
  const total = (spec.containers?.length ?? 0) + sidecars.size;
  const phase = status.phase ?? '';
  let reason = status.reason || phase;
  if (condition('PodScheduled')?.reason === 'SchedulingGated') reason = 'SchedulingGated';

  const inits = status.initContainerStatuses ?? [];
  let ready = 0;
  let restarts = 0;
  let initializing = false;
  for (const [index, init] of inits.entries()) {
    restarts += init.restartCount;
    const { terminated, waiting } = init.state ?? {};
    if (terminated?.exitCode === 0) continue;
    if (sidecars.has(init.name) && init.started) {
      if (init.ready) ready++;
      continue;
    }
    initializing = true;
    if (terminated) reason = `Init:${endOf(terminated)}`;
    else if (waiting?.reason && waiting.reason !== 'PodInitializing') reason = `Init:${waiting.reason}`;
    else reason = `Init:${index}/${spec.initContainers?.length ?? 0}`;
    break;
  }

  if (!initializing || condition('Initialized')?.status === 'True') {
    restarts = inits
      .filter(({ name }) => sidecars.has(name))
      .reduce((sum, each) => sum + each.restartCount, 0);
    let hasRunning = false;
    let failed = '';
    // From the last to the first: the first container's reason wins.
    for (const container of [...(status.containerStatuses ?? [])].reverse()) {
      restarts += container.restartCount;
      const { waiting, terminated, running } = container.state ?? {};
      if (waiting?.reason) reason = waiting.reason;
      else if (terminated) {
        reason = endOf(terminated);
        if (terminated.exitCode !== 0) failed = reason;
      } else if (container.ready && running) {
        hasRunning = true;
        ready++;
      }
    }
    if (reason === 'Completed') {
      if (hasRunning && condition('Ready')?.status === 'True') reason = 'Running';
      else if (failed !== '') reason = failed;
      else if (hasRunning) reason = 'NotReady';
    }
  }

  const isOver = phase === 'Succeeded' || phase === 'Failed';
  if (metadata.deletionTimestamp && status.reason === 'NodeLost') reason = 'Unknown';
  else if (metadata.deletionTimestamp && !isOver) reason = 'Terminating';
  return {
    status: reason,
    ready: `${ready}/${total}`,
    restarts,
    isReady: condition('Ready')?.status === 'True',
  };
}

const endOf = ({ reason, signal, exitCode }: Terminated): string =>
  reason || (signal ? `Signal:${signal}` : `ExitCode:${exitCode}`);

/** How a container of the pod ended last, the newest of all; undefined when none ever ended. */
export function lastExit({ status }: Pod): Terminated | undefined {
  const ended = [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])].flatMap(
    ({ state, lastState, restartCount }) => {
      const found = state?.terminated ?? lastState?.terminated;
      return found && (restartCount > 0 || found.exitCode !== 0) ? [found] : [];
    },
  );
  return ended.sort((a, b) => ((a.finishedAt ?? '') < (b.finishedAt ?? '') ? 1 : -1))[0];
}
