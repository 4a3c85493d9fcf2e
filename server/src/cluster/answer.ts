/** Reads answers: whole or line by line, compressed or not, and never more than there is room for. */
import type { IncomingMessage } from 'node:http';
import { pipeline } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import { createGunzip } from 'node:zlib';
import { t } from '../l10n.ts';
import { fail } from './failure.ts';

const MAX_BODY = 128 * 1024 * 1024;

export async function bodyOf(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of decoded(response)) {
    size += (chunk as Buffer).length;
    if (size > MAX_BODY) {
      response.destroy();
      throw fail({
        code: 'refused',
        message: t('The answer of the API server is larger than {size} MB.', { size: 128 }),
      });
    }
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks).toString('utf8');
}

const decoded = (response: IncomingMessage): AsyncIterable<unknown> =>
  response.headers['content-encoding'] === 'gzip'
    ? // Unlike `pipe`, this carries a broken connection on to the reader.
      pipeline(response, createGunzip(), () => {})
    : response;

/** Lines that are not empty. One longer than `maxLength` comes in pieces: nothing grows without end. */
export async function* linesOf(
  response: IncomingMessage,
  maxLength = Number.POSITIVE_INFINITY,
): AsyncGenerator<string> {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  for await (const chunk of decoded(response)) {
    rest += decoder.write(chunk as Buffer);
    let end = rest.indexOf('\n');
    if (end < 0) {
      if (rest.length > maxLength) {
        yield rest;
        rest = '';
      }
      continue;
    }
    let start = 0;
    for (; end >= 0; end = rest.indexOf('\n', start)) {
      const line = rest.slice(start, end);
      if (line.trim() !== '') yield line;
      start = end + 1;
    }
    rest = rest.slice(start);
  }
}

export function parseJson<T>(text: string, server: URL): T {
  try {
    const data: unknown = JSON.parse(text);
    if (typeof data === 'object' && data !== null) return data as T;
  } catch {
    // Answered below: what came is not what an API server sends.
  }
  throw fail({
    code: 'refused',
    message: t(
      '{server} answers, but not as a Kubernetes API server; a login page or a proxy may stand in between.',
      {
        server: server.origin,
      },
    ),
    detail: text.slice(0, 120),
  });
}
