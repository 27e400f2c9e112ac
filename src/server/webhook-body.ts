import type { IncomingMessage, ServerResponse } from 'node:http';
import { pathOf, sendText } from './http-handler.ts';

/** What GitHub sends at most. */
const largest = 25 * 1024 * 1024;

/**
 * Reads the body of a webhook with a limit and leaves it in `request.body`, where Octokit's middleware takes it from.
 * Answers true when it refused the request.
 */
export async function readWebhookBody(
  request: IncomingMessage,
  response: ServerResponse,
  webhookPath: string,
): Promise<boolean> {
  if (pathOf(request).replace(/\/+$/, '') !== webhookPath || request.method !== 'POST') return false;
  const refuse = (): true => {
    response.setHeader('connection', 'close');
    return sendText(response, 413, 'larger than 25 MB\n');
  };
  if (Number(request.headers['content-length'] ?? 0) > largest) return refuse();
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of request) {
      size += chunk.length;
      if (size > largest) return refuse();
      chunks.push(chunk);
    }
  } catch {
    // the sender went away in the middle: nobody is left to answer
    response.destroy();
    return true;
  }
  Object.assign(request, { body: Buffer.concat(chunks).toString('utf8') });
  return false;
}
