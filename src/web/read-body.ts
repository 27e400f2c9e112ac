import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import type { ByteLease } from './byte-budget.ts';
import { type JsonAnswer, refusal } from './json-answer.ts';

const inflate = promisify(gunzip);
const MEGABYTE = 2 ** 20;
const SHORTEST_GZIP = 18;

/** The text of a body, inflated where it is gzip. `most`: of bytes, before and after. */
export async function readBody(
  request: IncomingMessage,
  most: number,
  lease: ByteLease,
): Promise<{ text: string } | JsonAnswer> {
  const encoding = (request.headers['content-encoding'] ?? 'identity').trim().toLowerCase();
  if (encoding !== 'gzip' && encoding !== 'identity') {
    return refusal(415, `the content encoding ${encoding} is not known`, 'Send gzip, or the text itself');
  }
  if (Number(request.headers['content-length'] ?? 0) > most) return tooLarge(most);
  const chunks: Buffer[] = [];
  let size = 0;
  // leaving the loop early must not close the connection: the refusal still has to be sent
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > most) return tooLarge(most);
    const room = lease.grow(chunk.length);
    if (room !== true) return busy(room);
    chunks.push(chunk);
  }
  const sent = chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks);
  const content = encoding === 'gzip' ? await unpack(sent, most, lease) : sent;
  if (!Buffer.isBuffer(content)) return content;
  if (!isUtf8(content)) return refusal(400, 'the body is not UTF-8', 'Encode it as UTF-8');
  return { text: content.toString('utf8') };
}

/** A gzip says at its end how much it holds: so much memory is asked for, and no more is used. */
async function unpack(sent: Buffer, most: number, lease: ByteLease): Promise<Buffer | JsonAnswer> {
  const isGzip = sent.length >= SHORTEST_GZIP && sent[0] === 0x1f && sent[1] === 0x8b;
  if (!isGzip) return refusal(400, 'the body is no gzip', 'Pack it, or leave the content encoding away');
  const said = sent.readUInt32LE(sent.length - 4);
  if (said > most) return tooLarge(most);
  const room = lease.grow(said);
  if (room !== true) return busy(room);
  try {
    return await inflate(sent, { maxOutputLength: Math.max(1, said) });
  } catch (error) {
    const isLonger = (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE';
    const what = isLonger ? 'holds more than it says at its end' : 'is broken';
    return refusal(400, `the gzip ${what}`, 'Send one whole gzip stream');
  }
}

const tooLarge = (most: number): JsonAnswer =>
  refusal(413, `the body is larger than ${most / MEGABYTE} MB`, 'Send it in several batches', { connection: 'close' });

/** 429: this sender is ahead of us; 503: all of them together are. */
const busy = (room: 'each' | 'total'): JsonAnswer =>
  refusal(
    room === 'each' ? 429 : 503,
    room === 'each'
      ? 'more is on its way to this monitor than is written down'
      : 'the server has more than it can hold',
    'Send the same batch again after the time in Retry-After',
    { 'retry-after': '1' },
  );

/** Undefined where it is no JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
