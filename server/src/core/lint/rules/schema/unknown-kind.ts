import { matchesGlob } from '../../../glob.ts';
import { groupOf, type ObjectRef } from '../../../kube/ref.ts';
import type { Store } from '../../../kube/store.ts';
import { valueAt } from '../../../path.ts';
import { kindNames, versionsOf } from '../../../schema/apis.ts';
import { type Schema, schemaFor } from '../../../schema/schema.ts';
import { closeNames } from '../../../schema/suggest.ts';
import { objectRule } from '../../rule.ts';

export const unknownKind = objectRule()({
  id: 'unknown-kind',
  group: 'schema',
  severity: 'hint',
  enabled: false,
  scope: 'workspace',
  kinds: 'all',
  case: 'manifest-does-not-match-schema',
  sources: ['kubeconform/missing-schema'],
  params: { skipKinds: [] as readonly string[], rejectKinds: [] as readonly string[] },
  messages: {
    unknown: '{apiVersion} {kind} has no schema here; its fields are not checked.',
    rejected: '{kind} is not allowed here.',
  },

  check({ ref, origin }, { store, params, report }) {
    const { apiVersion, kind } = ref;
    if (params.rejectKinds.some((glob) => matchesGlob(glob, kind))) {
      report('rejected', ['kind'], { data: { kind } });
      return;
    }
    const schema = origin?.file.schema;
    if (!schema || params.skipKinds.some((glob) => matchesGlob(glob, kind))) return;
    if (schemaFor(schema, apiVersion, kind) || isTold(schema, ref) || isDefined(store, ref)) return;
    report('unknown', ['kind'], { data: { apiVersion, kind } });
  },
});

/** A known kind at a wrong version is told by kind-api-mismatch. */
const isTold = (schema: Schema, { apiVersion, kind }: ObjectRef): boolean =>
  !groupOf(apiVersion).includes('.') &&
  (versionsOf(schema, kind).length > 0 ||
    closeNames(kind, kindNames(schema)).some((name) => schema.kinds.has(`${apiVersion}/${name}`)));

/** True when a definition in the workspace serves the kind. */
const isDefined = (store: Store, { apiVersion, kind }: ObjectRef): boolean =>
  store
    .list('CustomResourceDefinition')
    .some(
      ({ object }) =>
        valueAt(object, ['spec', 'group']) === groupOf(apiVersion) &&
        valueAt(object, ['spec', 'names', 'kind']) === kind,
    );
