/** Texts that no author means, and what the command line says of each. */

export interface BadInput {
  name: string;
  text: string | Buffer;
  /** Rules that tell about it, each once, without those that are about duplicates. */
  rules: string[];
}

const POD = 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\n';
/** A mount without its volume: what is told of every sound document here. */
const MOUNT = `${POD}spec:
  containers:
    - name: app
      image: app:1
      resources: { requests: { cpu: 10m, memory: 32Mi }, limits: { memory: 64Mi } }
      volumeMounts:
        - name: data
          mountPath: /data
`;
const TOLD = 'volume-mount-without-volume';

const ALIASES = ['b', 'c', 'd', 'e', 'f', 'g', 'h', 'i']
  .map((key, i) => `${key}: &${key} [${Array(9).fill(`*${'abcdefgh'[i]}`).join(',')}]`)
  .join('\n');
const STAIRS = Array.from({ length: 2000 }, (_, i) => `${' '.repeat(i)}a:`).join('\n');

const LONG_MAP = Array.from({ length: 100_000 }, (_, i) => `  k${i}: |\n    text\n`).join('');

export const BAD_INPUT: readonly BadInput[] = [
  { name: 'an empty file', text: '', rules: [] },
  { name: 'comments alone', text: '# nothing\n---\n# nothing\n', rules: [] },
  { name: 'NUL bytes', text: Buffer.from('apiVersion: v1\0\0\0'), rules: [] },
  {
    name: 'invalid UTF-8',
    text: Buffer.concat([Buffer.from(`# `), Buffer.from([0xff, 0xfe, 0x0a]), Buffer.from(MOUNT)]),
    rules: [TOLD],
  },
  { name: 'tabs', text: 'apiVersion: v1\nkind: Pod\nmetadata:\n\tname: a\n', rules: ['yaml-tab-indent'] },
  {
    name: 'an alias bomb',
    text: `a: &a [x,x,x,x,x,x,x,x,x]\n${ALIASES}\napiVersion: v1\nkind: Pod\n`,
    rules: ['yaml-syntax'],
  },
  {
    name: 'deep nesting',
    text: `apiVersion: v1\nkind: Pod\nspec: ${'['.repeat(20_000)}`,
    rules: ['yaml-syntax'],
  },
  { name: 'deep block nesting', text: `apiVersion: v1\nkind: Pod\n${STAIRS}\n`, rules: ['yaml-syntax'] },
  {
    name: 'duplicate keys',
    text: `${MOUNT}  hostname: a\n  hostname: b\n`,
    rules: [TOLD, 'yaml-duplicate-key'],
  },
  {
    name: '10,000 documents',
    text: `${'apiVersion: v1\nkind: Namespace\nmetadata:\n  name: a\n---\n'.repeat(9_999)}${MOUNT}`,
    rules: [TOLD],
  },
  {
    name: 'a 2 MB file',
    text: `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\ndata:\n${LONG_MAP}---\n${MOUNT}`,
    rules: [TOLD],
  },
  { name: 'a Helm template', text: `{{- if .Values.on }}\n${MOUNT}{{- end }}\n`, rules: [] },
  { name: 'CRLF', text: MOUNT.replaceAll('\n', '\r\n'), rules: [TOLD] },
  { name: 'a byte order mark', text: `\ufeff${MOUNT}`, rules: [TOLD] },
  {
    name: 'a half-typed document',
    text: `${MOUNT}---\napiVersion: v1\nkind: [\n`,
    rules: [TOLD, 'yaml-syntax'],
  },
];
