import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Logger } from 'pino';

/** Answers true when it dealt with the request; what is not its own it leaves untouched. */
export type HttpHandler = (request: IncomingMessage, response: ServerResponse) => Promise<boolean>;

export const pathOf = (request: IncomingMessage): string => (request.url ?? '/').split('?')[0] ?? '/';

export function sendText(response: ServerResponse, status: number, text: string, type = 'text/plain'): true {
  const body = Buffer.from(text);
  response.writeHead(status, { 'content-type': `${type}; charset=utf-8`, 'content-length': body.length }).end(body);
  return true;
}

/** What a handler throws goes into the log and never into an answer. */
export function guarded(handler: HttpHandler, log: Logger): HttpHandler {
  return async (request, response) => {
    try {
      return await handler(request, response);
    } catch (error) {
      log.error({ err: error, path: pathOf(request) }, 'a request could not be answered');
      if (response.headersSent) response.destroy();
      else sendText(response, 500, 'internal error\n');
      return true;
    }
  };
}
