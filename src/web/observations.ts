import type { IncomingMessage } from 'node:http';
import { AppError } from '../domain/errors.ts';
import { parseObservationLines, parseObservations } from '../domain/monitor/parse-observations.ts';
import { formatKey } from '../flows/keys.ts';
import type { Clock } from '../ports/clock.ts';
import type { Observations } from '../ports/observations.ts';
import type { WorkQueue } from '../ports/store.ts';
import { type ByteLease, createByteBudget } from './byte-budget.ts';
import { type JsonAnswer, refusal } from './json-answer.ts';
import type { Entered, MonitorAccess } from './monitor-access.ts';
import { postedToMonitor } from './posted-to-monitor.ts';
import { parseJson, readBody } from './read-body.ts';

const MEGABYTE = 2 ** 20;

export type ObservationsHandlerOptions = {
  observations: Pick<Observations, 'accept'>;
  access: MonitorAccess;
  queue: Pick<WorkQueue, 'request'>;
  clock: Clock;
  log: { warn(fields: Record<string, unknown>, message: string): void };
  limits?: Partial<typeof LIMITS>;
};

const LIMITS = {
  /** Of a body, before and after it is inflated. */
  bodyBytes: 8 * MEGABYTE,
  /** Of requests that are not answered yet: of a monitor, and of all. */
  heldBytes: 32 * MEGABYTE,
  heldBytesOfAll: 64 * MEGABYTE,
};

/** `POST /api/monitors/<name>/observations`: batches that are on disk before they are answered. */
export function createObservationsHandler(options: ObservationsHandlerOptions) {
  const { observations, access, clock, log } = options;
  const limits = { ...LIMITS, ...options.limits };
  const budget = createByteBudget({ total: limits.heldBytesOfAll, each: limits.heldBytes });
  const tell = createWindowNotice(options);

  return postedToMonitor({ what: 'observations', access, budget, answer });

  async function answer(request: IncomingMessage, entered: Entered, lease: ByteLease): Promise<JsonAnswer> {
    const { repository, monitor, declared } = entered;
    if (declared.monitor.source.kind !== 'observations') {
      return refusal(
        409,
        `the monitor ${monitor} reads another source`,
        `Let ${declared.monitor.path} say "source: observations", or post nothing`,
      );
    }
    const type = (request.headers['content-type'] ?? '').split(';')[0]!.trim().toLowerCase();
    const isLines = type === 'application/x-ndjson';
    if (!isLines && type !== 'application/json')
      return refusal(415, 'the content type is not known', 'Send application/json or application/x-ndjson');
    const body = await readBody(request, limits.bodyBytes, lease);
    if ('status' in body) return body;
    const context = { now: clock.now(), plain: !body.text.includes('\\u'), ...classesOf(entered) };
    const header = request.headers['idempotency-key'];
    const key = typeof header === 'string' ? header : undefined;
    const batch = isLines
      ? parseObservationLines(body.text, key, context)
      : parseObservations(parseJson(body.text), key, context);
    if ('problems' in batch) return { status: 400, body: { error: NOTHING_KEPT, problems: batch.problems } };
    try {
      const to = { repository, monitor };
      const outcome = await observations.accept(to, batch, context.now);
      if (outcome === 'different')
        return refusal(409, `the batch ${batch.id} has come with other content`, 'Give a new batch a new id');
      tell(entered);
      const accepted = batch.observations.length + batch.labels.length;
      return { status: 200, body: { accepted, duplicate: outcome === 'duplicate' } };
    } catch (error) {
      if (!(error instanceof AppError) || (error.family !== 'external' && error.code !== 'conflict/stale')) throw error;
      log.warn({ err: error, repository, monitor }, 'a batch of observations could not be kept');
      return refusal(
        503,
        'the batch could not be kept now',
        'Send the same batch again after the time in Retry-After',
        {
          'retry-after': '5',
        },
      );
    }
  }
}

const NOTHING_KEPT = 'the batch was refused and nothing of it was kept';

const classesOf = ({ declared: { model } }: Entered) =>
  model?.task === 'multiclass-classification' && model.signature.output.classes
    ? { classes: model.signature.output.classes }
    : {};

/** Has the monitor looked at when another of its windows can be judged: whatever comes meanwhile changes nothing. */
function createWindowNotice({ queue, clock, log }: Pick<ObservationsHandlerOptions, 'queue' | 'clock' | 'log'>) {
  const told = new Map<string, number>();
  return ({ repository, monitor, declared }: Entered): void => {
    const { windowSeconds, settleSeconds } = declared.monitor;
    const window = Math.floor((clock.now() / 1000 - settleSeconds) / windowSeconds);
    const key = formatKey({ kind: 'monitor', repository, name: monitor });
    if (told.get(key) === window) return;
    told.set(key, window);
    queue.request(key).catch((error) => {
      told.delete(key);
      log.warn({ err: error, key }, 'it could not be asked to look at the monitor');
    });
  };
}
