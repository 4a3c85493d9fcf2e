/**
 * Writes media/schema/kubernetes.json: run by hand with `node test/tools/generateSchema.ts` when Kubernetes moves on.
 * Needs Go, which brings the sources as modules: the OpenAPI documents that Kubernetes publishes with each release,
 * enum values from the generated OpenAPI code (the published document has none), lifecycles from the API modules.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Oldest first: later releases replace what they still have, earlier ones keep the kinds that were removed since. */
const RELEASES = ['1.15.12', '1.18.20', '1.21.14', '1.24.17', '1.27.16', '1.29.15', '1.32.13', '1.36.3'];
const API_MODULES = ['0.24.17', '0.36.3'];

interface SwaggerSchema {
  type?: string;
  format?: string;
  $ref?: string;
  allOf?: SwaggerSchema[];
  items?: SwaggerSchema;
  additionalProperties?: SwaggerSchema;
  properties?: Record<string, SwaggerSchema>;
  required?: string[];
  'x-kubernetes-group-version-kind'?: { group: string; version: string; kind: string }[];
}
type Definitions = Record<string, SwaggerSchema>;

interface Lifecycle {
  introduced?: string;
  deprecated?: string;
  removed?: string;
  replacement?: string;
}

/** Kinds whose modules carry no lifecycle data. https://kubernetes.io/docs/reference/using-api/deprecation-guide/ */
const LIFECYCLES: Record<string, Lifecycle> = {
  'apiextensions.k8s.io/v1beta1/CustomResourceDefinition': {
    introduced: '1.7',
    deprecated: '1.16',
    removed: '1.22',
    replacement: 'apiextensions.k8s.io/v1/CustomResourceDefinition',
  },
  'apiregistration.k8s.io/v1beta1/APIService': {
    introduced: '1.7',
    deprecated: '1.19',
    removed: '1.22',
    replacement: 'apiregistration.k8s.io/v1/APIService',
  },
};

/** Definitions of no shape, by the end of their name, and what stands for them. */
const SPECIAL: Record<string, string> = {
  'api.resource.Quantity': 'quantity',
  'util.intstr.IntOrString': 'int-or-string',
  'meta.v1.Time': 'time',
  'meta.v1.MicroTime': 'time',
  'meta.v1.FieldsV1': 'any',
  'runtime.RawExtension': 'any',
};

function moduleFolder(path: string, version: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'pod-triage-schema-'));
  writeFileSync(join(folder, 'go.mod'), 'module schema\n');
  const answer = execFileSync('go', ['mod', 'download', '-json', `${path}@v${version}`], {
    cwd: folder,
    encoding: 'utf8',
  });
  return (JSON.parse(answer) as { Dir: string }).Dir;
}

/** `io.k8s.api.core.v1.PodSpec` → `core.v1.PodSpec`: the last three parts are enough. */
const shortName = (name: string): string => name.split('.').slice(-3).join('.');

function readDefinitions(): Definitions {
  const all: Definitions = {};
  for (const release of RELEASES) {
    const file = join(moduleFolder('k8s.io/kubernetes', release), 'api/openapi-spec/swagger.json');
    const { definitions } = JSON.parse(readFileSync(file, 'utf8')) as { definitions: Definitions };
    for (const [name, schema] of Object.entries(definitions)) all[shortName(name)] = schema;
  }
  return all;
}

/** `core.v1.ContainerPort` → field → values. */
function readEnums(): Map<string, Map<string, string[]>> {
  const release = RELEASES.at(-1) ?? '';
  const file = join(
    moduleFolder('k8s.io/kubernetes', release),
    'pkg/generated/openapi/zz_generated.openapi.go',
  );
  const enums = new Map<string, Map<string, string[]>>();
  let type = '';
  let field = '';
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    const func = /^func schema_(\w+)\(/.exec(line);
    const property = /^\t{5}"([^"]+)": \{$/.exec(line);
    const values = /^\t+Enum:\s+\[\]interface\{\}\{(.*)\},$/.exec(line);
    if (func?.[1]) type = func[1].split('_').slice(-3).join('.');
    if (property?.[1]) field = property[1];
    if (!values?.[1]) continue;
    const ofType = enums.get(type) ?? new Map<string, string[]>();
    ofType.set(field, JSON.parse(`[${values[1]}]`) as string[]);
    enums.set(type, ofType);
  }
  return enums;
}

/** `policy.v1beta1.PodDisruptionBudget` → lifecycle. */
function readLifecycles(): Map<string, Lifecycle> {
  const found = new Map<string, Lifecycle>();
  for (const version of API_MODULES) {
    const root = moduleFolder('k8s.io/api', version);
    for (const path of readdirSync(root, { recursive: true, encoding: 'utf8' })) {
      if (!path.endsWith('zz_generated.prerelease-lifecycle.go')) continue;
      const [group = '', apiVersion = ''] = path.split('/');
      const text = readFileSync(join(root, path), 'utf8');
      const entryOf = (kind: string): Lifecycle => {
        const name = `${group}.${apiVersion}.${kind}`;
        const lifecycle = found.get(name) ?? {};
        found.set(name, lifecycle);
        return lifecycle;
      };
      const versions =
        /\(in \*(\w+)\) APILifecycle(Introduced|Deprecated|Removed)\(\)[^{]*\{\s*return (\d+), (\d+)/g;
      for (const [, kind = '', what = '', major, minor] of text.matchAll(versions))
        entryOf(kind)[what.toLowerCase() as 'introduced'] = `${major}.${minor}`;
      const replacements =
        /\(in \*(\w+)\) APILifecycleReplacement\(\)[^{]*\{\s*return schema\.GroupVersionKind\{Group: "(.*)", Version: "(.*)", Kind: "(.*)"\}/g;
      for (const [, kind = '', to = '', toVersion, toKind] of text.matchAll(replacements))
        entryOf(kind).replacement = [...(to ? [to] : []), toVersion, toKind].join('/');
    }
  }
  return found;
}

/** The compact word for a type: a scalar's name, `[]T`, `{}T`, a definition's name, `any`. */
function wordFor(schema: SwaggerSchema, definitions: Definitions): string {
  const ref = schema.$ref ?? schema.allOf?.[0]?.$ref;
  if (ref) return wordForDefinition(shortName(ref.replace('#/definitions/', '')), definitions);
  if (schema.type === 'array') return `[]${wordFor(schema.items ?? {}, definitions)}`;
  if (schema.type === 'object')
    return schema.additionalProperties ? `{}${wordFor(schema.additionalProperties, definitions)}` : 'any';
  if (schema.type === 'integer') return schema.format === 'int32' ? 'int32' : 'int64';
  if (schema.type === 'string') return schema.format === 'byte' ? 'bytes' : stringFormat(schema.format);
  return schema.type === 'number' || schema.type === 'boolean' ? schema.type : 'any';
}

const stringFormat = (format: string | undefined): string =>
  format === 'int-or-string' ? format : format === 'date-time' ? 'time' : 'string';

function wordForDefinition(name: string, definitions: Definitions): string {
  const special = Object.entries(SPECIAL).find(([end]) => name.endsWith(end));
  if (special) return special[1];
  const schema = definitions[name];
  if (!schema) throw new Error(`No definition of ${name}.`);
  return schema.properties ? name : wordFor({ ...schema }, definitions);
}

function main(): void {
  const definitions = readDefinitions();
  const enums = readEnums();
  const lifecycles = readLifecycles();
  const kinds: Record<string, { type: string } & Lifecycle> = {};
  const types: Record<string, { fields: Record<string, string>; required?: string[] }> = {};
  let enumCount = 0;

  const addType = (name: string): void => {
    const schema = definitions[name];
    if (types[name] || !schema?.properties) return;
    const fields: Record<string, string> = {};
    types[name] = { fields, ...(schema.required ? { required: schema.required } : {}) };
    for (const [field, property] of Object.entries(schema.properties).sort(byKey)) {
      const word = wordFor(property, definitions);
      const values = enums.get(name)?.get(field);
      if (values && word.endsWith('string')) enumCount++;
      fields[field] = values ? word.replace(/string$/, `enum:${values.join('|')}`) : word;
      const target = word.replace(/^(\[\]|\{\})+/, '');
      if (target.includes('.')) addType(target);
    }
  };

  for (const [name, schema] of Object.entries(definitions).sort(byKey))
    for (const { group, version, kind } of schema['x-kubernetes-group-version-kind'] ?? []) {
      // Lists are unfolded before the schema is asked; the rest is no object of a manifest.
      if (/List$/.test(kind) || !schema.properties?.metadata || /^(DeleteOptions|WatchEvent)$/.test(kind))
        continue;
      if (schema.properties.metadata.$ref?.endsWith('ListMeta')) continue;
      addType(name);
      const key = [...(group ? [group] : []), version, kind].join('/');
      kinds[key] = { type: name, ...(lifecycles.get(name) ?? LIFECYCLES[key]) };
    }

  const output = {
    version: RELEASES.at(-1)?.split('.').slice(0, 2).join('.'),
    notice:
      'Derived from the OpenAPI documents of Kubernetes. Copyright The Kubernetes Authors. Licensed under the Apache License, Version 2.0 (http://www.apache.org/licenses/LICENSE-2.0).',
    releases: RELEASES,
    kinds: Object.fromEntries(Object.entries(kinds).sort(byKey)),
    types: Object.fromEntries(Object.entries(types).sort(byKey)),
  };
  // One line for each kind and type: changes of a release read well as a diff.
  const section = (part: object): string =>
    Object.entries(part)
      .map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`)
      .join(',\n');
  const text = `{"version":${JSON.stringify(output.version)},"notice":${JSON.stringify(output.notice)},"releases":${JSON.stringify(output.releases)},
"kinds":{
${section(output.kinds)}
},"types":{
${section(output.types)}
}}
`;
  writeFileSync(join(import.meta.dirname, '../../media/schema/kubernetes.json'), text);
  console.log(
    `${Object.keys(kinds).length} kinds, ${Object.keys(types).length} types, ${enumCount} enums, ${text.length} bytes.`,
  );
}

const byKey = ([a]: [string, unknown], [b]: [string, unknown]): number => (a < b ? -1 : a > b ? 1 : 0);

main();
