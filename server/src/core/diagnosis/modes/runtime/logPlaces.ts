/** Where a cause that a log tells is declared, when that is no one field of the container. */
import { templatePath } from '../../../kube/workload.ts';
import { valueAt } from '../../../path.ts';
import type { ContainerFact } from '../../containers.ts';
import { type Declared, declared, topOwner } from '../../declared.ts';
import type { Scene } from '../../scene.ts';
import { mountOf } from './files.ts';

const TOKEN_FOLDER = '/var/run/secrets/kubernetes.io/serviceaccount';

/** True for a container without a service account token, which admission mounts unless it is switched off. */
export const hasNoToken = (fact: ContainerFact): boolean => mountOf(fact, TOKEN_FOLDER) === undefined;

/** The pod's own switch, or that of its ServiceAccount where the pod says nothing. */
export function tokenSwitch({ pod }: ContainerFact, scene: Scene): Declared {
  const field = 'automountServiceAccountToken';
  const name = pod.object.spec?.serviceAccountName ?? 'default';
  const account = scene.find('ServiceAccount', pod.ref.namespace, name);
  const isOfAccount =
    pod.object.spec?.automountServiceAccountToken === undefined &&
    account !== undefined &&
    valueAt(account.object, [field]) === false;
  return isOfAccount ? { guilty: account, path: [field] } : declared(scene, pod, ['spec', field]);
}

/** What makes a place read-only: its mount, or the container's root file system; else who may write there. */
export function writeRefusal(
  fact: ContainerFact,
  scene: Scene,
  { path = '/', reason, other }: Record<string, string | undefined>,
): Declared {
  const found = mountOf(fact, path);
  const isReadOnly = /read-only|EROFS/i.test(reason ?? other ?? '');
  if (isReadOnly && found?.mount.readOnly)
    return declared(scene, fact.pod, [...fact.path, 'volumeMounts', found.at, 'readOnly']);
  const rootIsReadOnly = !found && fact.spec.securityContext?.readOnlyRootFilesystem === true;
  return declared(scene, fact.pod, [
    ...fact.path,
    'securityContext',
    ...(isReadOnly && rootIsReadOnly ? ['readOnlyRootFilesystem'] : []),
  ]);
}

/** The API server writes the default into pods and not into templates: there the field is yet to be added. */
export function serviceLinks({ pod }: ContainerFact, scene: Scene): Declared {
  const top = topOwner(scene, pod);
  const base = templatePath(top.ref.kind);
  const path = ['spec', 'enableServiceLinks'];
  return base ? { guilty: top, path: [...base, ...path] } : { guilty: pod, path };
}
