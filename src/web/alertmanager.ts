import type { ExternalAlert } from '../domain/drift/alert.ts';
import { parseAlerts } from '../domain/monitor/parse-alerts.ts';
import { createByteBudget } from './byte-budget.ts';
import { type JsonAnswer, refusal } from './json-answer.ts';
import type { Entered, MonitorAccess } from './monitor-access.ts';
import { postedToMonitor } from './posted-to-monitor.ts';
import { parseJson, readBody } from './read-body.ts';

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

  return postedToMonitor({
    what: 'alerts',
    access,
    budget,
    async answer(request, entered, lease) {
      const body = await readBody(request, BODY_BYTES, lease);
      return 'status' in body ? body : answer(body.text, entered);
    },
  });

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
