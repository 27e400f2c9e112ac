import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ByteLease, createByteBudget } from './byte-budget.ts';
import { type JsonAnswer, refusal, sendJson } from './json-answer.ts';
import type { Entered, MonitorAccess } from './monitor-access.ts';

/** Handler of `POST /api/monitors/<name>/<what>`: who has the monitor's token is answered, within the budget of bytes. */
export function postedToMonitor(options: {
  what: 'observations' | 'alerts';
  access: MonitorAccess;
  budget: ReturnType<typeof createByteBudget>;
  answer(request: IncomingMessage, entered: Entered, lease: ByteLease): Promise<JsonAnswer>;
}) {
  const { access, budget, answer } = options;
  const address = new RegExp(`^/api/monitors/([^/]{1,200})/${options.what}$`);

  return async (request: IncomingMessage, response: ServerResponse): Promise<boolean> => {
    const name = address.exec((request.url ?? '').split('?')[0] ?? '')?.[1];
    if (name === undefined) return false;
    if (request.method !== 'POST') {
      const refused = refusal(405, 'only POST is known here', 'Send it with POST', { allow: 'POST' });
      return sendJson(request, response, refused);
    }
    const entered = await access.enter(request, name);
    if ('status' in entered) return sendJson(request, response, entered);
    const lease = budget.open(`${entered.repository}/${name}`);
    try {
      return await sendJson(request, response, await answer(request, entered, lease));
    } catch (error) {
      // whoever sends went away in the middle
      if (request.destroyed && !request.complete) return true;
      throw error;
    } finally {
      lease.release();
    }
  };
}
