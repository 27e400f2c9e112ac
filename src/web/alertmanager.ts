import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ExternalAlert } from '../domain/drift/alert.ts';
import { parseAlerts } from '../domain/monitor/parse-alerts.ts';
import { createByteBudget } from './byte-budget.ts';
import { type JsonAnswer, refusal, sendJson } from './json-answer.ts';
import type { Entered, MonitorAccess } from './monitor-access.ts';
import { parseJson, readBody } from './read-body.ts';

const ADDRESS = /^\/api\/monitors\/([^/]{1,200})\/alerts$/;
const BODY_BYTES = 2 ** 20;
const HELD_BYTES = 16 * 2 ** 20;

export type AlertsHandlerOptions = {
  access: MonitorAccess;
  receive(heard: { repository: string; monitor: string; alerts: ExternalAlert[] }): Promise<void>;
  log: { warn(fields: Record<string, unknown>, message: string): void };
};

/** `POST /api/monitors/<name>/alerts`: the webhook of the user's own Alertmanager, which repeats what gets a 5xx. */
export function createAlertsHandler({ access, receive, log }: AlertsHandlerOptions) {
  const budget = createByteBudget({ total: HELD_BYTES, each: HELD_BYTES / 2 });

  return async (request: IncomingMessage, response: ServerResponse): Promise<boolean> => {
    const name = ADDRESS.exec((request.url ?? '').split('?')[0] ?? '')?.[1];
    if (name === undefined) return false;
    if (request.method !== 'POST')
      return sendJson(
        request,
        response,
        refusal(405, 'only POST is known here', 'Send it with POST', { allow: 'POST' }),
      );
    const entered = await access.enter(request, name);
    if ('status' in entered) return sendJson(request, response, entered);
    const lease = budget.open(`${entered.repository}/${name}`);
    try {
      const body = await readBody(request, BODY_BYTES, lease);
      return await sendJson(request, response, 'status' in body ? body : await answer(body.text, entered));
    } catch (error) {
      // whoever sends went away in the middle
      if (request.destroyed && !request.complete) return true;
      throw error;
    } finally {
      lease.release();
    }
  };

  async function answer(text: string, { repository, monitor }: Entered): Promise<JsonAnswer> {
    const parsed = parseAlerts(parseJson(text));
    if ('problems' in parsed)
      return { status: 400, body: { error: 'the alerts were refused and none was kept', problems: parsed.problems } };
    if (parsed.truncated > 0)
      log.warn({ repository, monitor, truncated: parsed.truncated }, 'Alertmanager did not send all of its alerts');
    try {
      await receive({ repository, monitor, alerts: parsed.alerts });
    } catch (error) {
      log.warn({ err: error, repository, monitor }, 'alerts could not be kept');
      return refusal(503, 'the alerts could not be kept now', 'Send them again', { 'retry-after': '5' });
    }
    return { status: 200, body: { accepted: parsed.alerts.length } };
  }
}
