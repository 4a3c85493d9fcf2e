/** The bounds of an autoscaler, wherever its kind keeps them. */
import type { KubeObject } from '../kube/object.ts';
import { type Path, valueAt } from '../path.ts';

export const AUTOSCALERS = ['HorizontalPodAutoscaler', 'keda.sh/ScaledObject'] as const;

export interface Bounds {
  min: number | undefined;
  max: number | undefined;
  minPath: Path;
  maxPath: Path;
}

export function boundsOf(object: KubeObject): Bounds {
  const keda = object.kind === 'ScaledObject';
  const minPath = ['spec', keda ? 'minReplicaCount' : 'minReplicas'];
  const maxPath = ['spec', keda ? 'maxReplicaCount' : 'maxReplicas'];
  const number = (path: Path): number | undefined => {
    const value = valueAt(object, path);
    return typeof value === 'number' ? value : undefined;
  };
  return { min: number(minPath), max: number(maxPath), minPath, maxPath };
}
