import type { IncomingMessage } from 'node:http';
import { AppError } from '../domain/errors.ts';

export class BodyTooLarge extends Error {}

/** The body as an object; AppError config/invalid-input when it is none, BodyTooLarge when it is longer than allowed. */
export async function readJson(request: IncomingMessage, maxBytes: number): Promise<Record<string, unknown>> {
  const chunks: Buffer[] = [];
  let size = 0;
  // leaving the loop early must not close the connection: the refusal still has to be sent
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBytes) throw new BodyTooLarge(`more than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  try {
    const value: unknown = JSON.parse(Buffer.concat(chunks).toString('utf8'));
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch (error) {
    throw new AppError('config/invalid-input', 'the body is not JSON', { cause: error });
  }
  throw new AppError('config/invalid-input', 'the body is not a JSON object');
}
