/** From a keystroke to its diagnostics, through the protocol, in a file of 1,000 lines. */
import { startClient } from '../tools/lspClient.ts';
import { fileOf } from './manifests.ts';
import { type Figures, inMs } from './measure.ts';

const URI = 'file:///bench/all.yaml';
const LINES = 1000;
const KEYSTROKES = 200;

export async function keystroke(): Promise<Figures> {
  const client = await startClient();
  const text = fileOf(LINES);
  await client.open(URI, text);
  await client.diagnostics(URI);
  // Typing in the middle of the file: the image's tag gets longer and shorter.
  const lines = text.split('\n');
  const line = lines.findIndex((each, i) => i > LINES / 2 && each.includes('image:'));
  const character = lines[line]?.length ?? 0;
  const times: number[] = [];
  for (let i = 0; i < KEYSTROKES; i++) {
    const isTyped = i % 2 === 0;
    const start = performance.now();
    await client.change(
      URI,
      i + 2,
      { start: { line, character }, end: { line, character: isTyped ? character : character + 1 } },
      isTyped ? '1' : '',
    );
    await client.diagnostics(URI);
    times.push(performance.now() - start);
  }
  client.stop();
  return { 'keystroke to diagnostics, 1,000 lines': inMs(times.slice(20), 15) };
}
