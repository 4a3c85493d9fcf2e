/** Reading YAML: the fast reader beside the library, a keystroke, many documents, a large file. */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { readFast } from '../../server/src/core/yaml/fast.ts';
import { readWithLibrary } from '../../server/src/core/yaml/library.ts';
import { parseFile } from '../../server/src/core/yaml/parse.ts';
import { readSchema } from '../../server/src/schemaFile.ts';
import { container, fileOf } from './manifests.ts';
import { type Figures, inMs, timed } from './measure.ts';

const LINES = 1000;
const MB = 1024 * 1024;

/** One Deployment of many containers: a document that a keystroke has to read as a whole. */
function oneDocument(lines: number): string {
  let text =
    'apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: all\nspec:\n  template:\n    spec:\n      containers:\n';
  let count = 8;
  for (let i = 0; count < lines; i++, count += 20) text += container(`main-${i}`, `app-${i}`, i);
  return text;
}

const small = (i: number): string =>
  `---\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: c${i}\ndata:\n  mode: fast\n`;

export async function parsing(): Promise<Figures> {
  const schema = readSchema(join(import.meta.dirname, '../..'));
  const document = oneDocument(LINES);
  if (readFast(document).kind !== 'tree')
    throw new Error('The fast reader leaves the document to the library.');
  const file = fileOf(LINES);
  const parsed = parseFile('all.yaml', file, schema);
  const single = parseFile('one.yaml', document, schema);
  const many = Array.from({ length: 10_000 }, (_, i) => small(i)).join('');
  const manyParsed = parseFile('many.yaml', many, schema);
  const large = fileOf(Math.ceil(LINES * ((2 * MB) / file.length)));
  /** The text with one more character in the middle, another one at every run. */
  const typed = (text: string, run: number): string => {
    const at = text.indexOf('\n', text.indexOf('image:', text.length / 2));
    return `${text.slice(0, at)}${String.fromCharCode(97 + (Math.abs(run) % 26))}${text.slice(at)}`;
  };
  return {
    'one document of 1,000 lines, library': inMs(await timed(60, () => readWithLibrary(document), 20)),
    'one document of 1,000 lines, fast reader': inMs(await timed(200, () => readFast(document), 50)),
    'one document of 1,000 lines, with schema': inMs(
      await timed(200, () => parseFile('one.yaml', document, schema), 50),
    ),
    'a keystroke in one document of 1,000 lines': inMs(
      await timed(200, (run) => parseFile('one.yaml', typed(document, run), schema, single), 50),
    ),
    'a keystroke in a file of 1,000 lines': inMs(
      await timed(200, (run) => parseFile('all.yaml', typed(file, run), schema, parsed), 50),
    ),
    'a file of 10,000 documents': inMs(await timed(10, () => parseFile('many.yaml', many, schema), 2)),
    'a keystroke in a file of 10,000 documents': inMs(
      await timed(20, (run) => parseFile('many.yaml', `${many}# ${run}\n`, schema, manyParsed), 3),
    ),
    'a file of 2 MB': inMs(await timed(10, () => parseFile('large.yaml', large, schema), 2)),
  };
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href)
  console.log(JSON.stringify(await parsing(), null, 2));
