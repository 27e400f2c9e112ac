import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';

export type Answer = { status: number; text: string };

type Request = {
  method: string;
  headers: Record<string, string>;
  body?: string;
  /** From the first byte sent to the last one received. */
  timeoutMs: number;
  maxBytes: number;
};

/**
 * One request on a connection of its own; redirects are answers, so that no token follows them. Not `fetch`: that calls
 * itself a browser (sec-fetch-mode), and Ray's dashboard lets no browser change anything.
 */
export function sendRequest(url: string, options: Request): Promise<Answer> {
  const { method, headers, body, timeoutMs, maxBytes } = options;
  const send = url.startsWith('https:') ? requestHttps : requestHttp;
  return new Promise((resolve, reject) => {
    const fail = (error: Error) => reject(signal.aborted ? new Error('it does not answer in time') : error);
    const signal = AbortSignal.timeout(timeoutMs);
    const request = send(url, { method, headers, signal, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      let size = 0;
      response.on('error', fail);
      response.on('data', (chunk: Buffer) => {
        size += chunk.length;
        if (size > maxBytes) request.destroy(new Error(`its answer has more than ${maxBytes} bytes`));
        else chunks.push(chunk);
      });
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString('utf8') }),
      );
    });
    request.on('error', fail);
    request.end(body);
  });
}
