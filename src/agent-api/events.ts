import { AppError } from '../domain/errors.ts';
import type { JobEvent } from '../domain/jobs/job.ts';
import { type AgentCall, type Answer, heardFrom } from './context.ts';
import { type EventsAnswer, MAX_EVENTS, MAX_EVENTS_BODY, MAX_LINE } from './protocol.ts';
import { readJson } from './read-json.ts';

export async function storeEvents(call: AgentCall): Promise<Answer> {
  const body = await readJson(call.request, MAX_EVENTS_BODY);
  if (!Array.isArray(body.events)) throw new AppError('config/invalid-input', 'events must be a list');
  const { attempt } = call.identity;
  const events = body.events.map((event) => parseEvent(event, attempt));
  const job = await heardFrom(call);
  const stored = await call.options.store.jobs.appendEvents(job.id, attempt, events);
  if (events.length > 0) await call.changed(job, 'progress');
  return { status: 200, body: { cancel: job.cancelRequested, stored } satisfies EventsAnswer };
}

function parseEvent(value: unknown, attempt: number): JobEvent {
  const event = (typeof value === 'object' && value !== null ? value : {}) as Record<string, unknown>;
  const { seq, at, kind } = event;
  if (!isCount(seq) || seq < 1 || !isCount(at)) throw new AppError('config/invalid-input', 'an event lacks seq or at');
  if (seq > MAX_EVENTS) throw new AppError('config/invalid-input', `an attempt may have ${MAX_EVENTS} events`);
  if (kind === 'log' && isStream(event.stream) && typeof event.line === 'string') {
    return { attempt, seq, at, kind, stream: event.stream, line: event.line.slice(0, MAX_LINE) };
  }
  if (kind === 'metric' && isCount(event.step) && typeof event.metric === 'string' && Number.isFinite(event.value)) {
    return { attempt, seq, at, kind, step: event.step, metric: event.metric.slice(0, 64), value: Number(event.value) };
  }
  throw new AppError('config/invalid-input', `event ${seq} is neither a log line nor a metric`);
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

const isStream = (value: unknown): value is 'stdout' | 'stderr' | 'agent' =>
  value === 'stdout' || value === 'stderr' || value === 'agent';
