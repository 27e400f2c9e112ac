import type { Store } from '../ports/store.ts';
import { type HttpHandler, pathOf, sendText } from './http-handler.ts';
import type { Metrics } from './metrics.ts';

const patience = 5_000;

async function isReady(store: Store): Promise<boolean> {
  const late = new Promise<never>((_, reject) => setTimeout(reject, patience, new Error('too slow')).unref());
  try {
    await Promise.race([Promise.all([store.ping(), store.queue.depth()]), late]);
    return true;
  } catch {
    return false;
  }
}

/** `/healthz`: the process lives. `/readyz`: it can take work. `/metrics`: Prometheus. */
export function createHealthHandler(deps: { store: Store; metrics: Metrics; isDraining: () => boolean }): HttpHandler {
  return async (request, response) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') return false;
    switch (pathOf(request)) {
      case '/healthz':
        return sendText(response, 200, 'ok\n');
      case '/readyz': {
        if (deps.isDraining()) return sendText(response, 503, 'draining\n');
        return (await isReady(deps.store))
          ? sendText(response, 200, 'ready\n')
          : sendText(response, 503, 'not ready\n');
      }
      case '/metrics': {
        const { contentType, text } = await deps.metrics.read();
        response.writeHead(200, { 'content-type': contentType }).end(text);
        return true;
      }
      default:
        return false;
    }
  };
}
