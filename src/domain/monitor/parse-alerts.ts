import type { ExternalAlert } from '../drift/alert.ts';
import { isRow } from './check-rows.ts';
import type { PostedProblem } from './observation-batch.ts';
import { parseTime } from './parse-time.ts';

const MOST_ALERTS = 500;
const MOST_NAMES = 64;
const NAME_LENGTH = 200;
/** Longer ones are cut: a description may quote half a log. */
const VALUE_LENGTH = 1_000;
const URL_LENGTH = 2_000;
const MOST_PROBLEMS = 10;

type Parsed = { alerts: ExternalAlert[]; truncated: number } | { problems: PostedProblem[] };
type Complain = (at: string, problem: string, fix: string) => void;

/** The body of an Alertmanager webhook, version 4. `truncated`: alerts of the group that it left away. */
export function parseAlerts(body: unknown): Parsed {
  const problems: PostedProblem[] = [];
  const fail = (at: string, problem: string, fix: string): Parsed => ({ problems: [{ at, problem, fix }] });
  if (!isRow(body)) return fail('body', 'is no JSON object', 'Let a webhook_config of Alertmanager send it');
  if (body.version !== '4') return fail('version', 'is not "4"', 'Alertmanager sends it since 0.16');
  if (!Array.isArray(body.alerts)) return fail('alerts', 'is no list', 'Let a webhook_config of Alertmanager send it');
  if (body.alerts.length > MOST_ALERTS)
    return fail('alerts', `has ${body.alerts.length} entries`, `Set max_alerts: ${MOST_ALERTS} in the webhook_config`);
  const truncated = Number.isSafeInteger(body.truncatedAlerts) ? Number(body.truncatedAlerts) : 0;
  const alerts = body.alerts.map((alert: unknown, index) =>
    parseAlert(alert, (at, problem, fix) => problems.push({ at: `alerts[${index}]${at}`, index, problem, fix })),
  );
  return problems.length > 0 ? { problems: problems.slice(0, MOST_PROBLEMS) } : { alerts, truncated };
}

function parseAlert(alert: unknown, complain: Complain): ExternalAlert {
  const given = isRow(alert) ? alert : {};
  if (!isRow(alert)) complain('', 'is no object', 'An alert has status, labels, startsAt and fingerprint');
  const { status, fingerprint } = given;
  if (status !== 'firing' && status !== 'resolved') complain('.status', 'is neither', 'firing or resolved');
  if (typeof fingerprint !== 'string' || !/^[0-9a-f]{16}$/.test(fingerprint))
    complain('.fingerprint', 'is no fingerprint', 'Sixteen hexadecimal digits');
  const labels = texts(given.labels, '.labels', complain);
  const startsAt = parseTime(given.startsAt);
  if (typeof given.startsAt !== 'string' || startsAt === undefined)
    complain('.startsAt', 'is no time', 'Such as 2026-01-31T12:00:00Z');
  const isOver = status === 'resolved';
  // What still fires has an end too: when Prometheus would give it up, or the year 1.
  const endsAt = isOver && typeof given.endsAt === 'string' ? parseTime(given.endsAt) : undefined;
  if (isOver && endsAt === undefined) complain('.endsAt', 'is no time', 'Such as 2026-01-31T12:00:00Z');
  const url = webAddress(given.generatorURL);
  return {
    fingerprint: String(fingerprint),
    name: labels.alertname ?? 'alert',
    status: isOver ? 'resolved' : 'firing',
    startsAt: startsAt ?? 0,
    ...(endsAt !== undefined && { endsAt }),
    labels,
    annotations: texts(given.annotations ?? {}, '.annotations', complain),
    ...(url !== undefined && { url }),
  };
}

function texts(value: unknown, at: string, complain: Complain): Record<string, string> {
  const entries = isRow(value) ? Object.entries(value) : [];
  const isFine =
    isRow(value) &&
    entries.length <= MOST_NAMES &&
    entries.every(([name, text]) => name.length <= NAME_LENGTH && typeof text === 'string');
  if (!isFine) complain(at, 'is wrong', `An object of at most ${MOST_NAMES} texts`);
  const clean = entries.map(([name, text]) => [cleanText(name), cleanText(String(text))] as const);
  return Object.fromEntries(clean.sort(([one], [other]) => (one < other ? -1 : one > other ? 1 : 0)));
}

/** Neither half a character nor a control character, a line break apart. */
function cleanText(text: string): string {
  return text
    .slice(0, VALUE_LENGTH)
    .replaceAll(/\p{Surrogate}/gu, '\ufffd')
    .replaceAll(/(?!\n)\p{Cc}/gu, ' ');
}

function webAddress(value: unknown): string | undefined {
  if (typeof value !== 'string' || value.length > URL_LENGTH || !URL.canParse(value)) return undefined;
  const url = new URL(value);
  const isPlain = url.username === '' && url.password === '';
  return isPlain && (url.protocol === 'http:' || url.protocol === 'https:') ? url.href : undefined;
}
