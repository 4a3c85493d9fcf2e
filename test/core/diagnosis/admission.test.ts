import { test } from 'node:test';
import { assertHealthy, assertVerdict, run } from '../../tools/diagnosisRun.ts';
import * as o from '../../tools/objects.ts';
import { NO_ENDPOINTS, QUOTA, refused } from './scenarios/admission.ts';

const FORBIDDEN = 'Error creating: pods "web-abc-" is forbidden: ';
const WEB = 'Deployment/shop/web';

test('the StatefulSet says it with a capital letter', () => {
  const { top } = o.workload('StatefulSet', 'db', { pods: 0 });
  const text =
    'Create Pod db-0 in StatefulSet db failed error: pods "db-0" is forbidden: no PriorityClass with name gold was found';
  assertVerdict(
    run([top, o.event(top, 'FailedCreate', text)], top),
    'priority-class-missing StatefulSet/shop/db spec.template.spec.priorityClassName',
  );
});

test('a Service whose pods are refused has that as its cause', () => {
  const { objects } = refused(QUOTA);
  const service = o.service('web');
  assertVerdict(run([...objects, service], service), `resource-quota-exceeded ${WEB}`);
});

test('events of a ReplicaSet that has all its pods are history', () => {
  const web = o.deployment('web');
  assertHealthy(run([...web.all, o.event(web.replicaSet, 'FailedCreate', QUOTA)], web.deployment));
});

test('events of an old ReplicaSet that wants no pods any more are history', () => {
  const web = o.deployment('web');
  const old = structuredClone(web.replicaSet);
  old.metadata.name = 'web-old';
  old.metadata.uid = 'old';
  old.spec = { ...old.spec, replicas: 0 };
  old.status = { replicas: 0 };
  assertHealthy(run([...web.all, old, o.event(old, 'FailedCreate', QUOTA)], web.deployment));
});

test('the condition of now weighs more than an older event', () => {
  const { web, objects } = refused(NO_ENDPOINTS);
  web.replicaSet.status = {
    replicas: 0,
    conditions: [
      o.condition(
        'ReplicaFailure',
        'True',
        'FailedCreate',
        `${FORBIDDEN}no PriorityClass with name gold was found`,
      ),
    ],
  };
  assertVerdict(
    run(objects, web.deployment),
    `priority-class-missing ${WEB} spec.template.spec.priorityClassName`,
  );
});
