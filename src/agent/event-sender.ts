import type { AgentEvent, EventsAnswer } from '../agent-api/protocol.ts';
import { AppError } from '../domain/errors.ts';
import { createEventSpool } from './event-spool.ts';

export type EventSender = {
  log(stream: 'stdout' | 'stderr' | 'agent', line: string): void;
  metric(step: number, metric: string, value: number): void;
  /** Resolves when everything is stored, or rejects with why it cannot be. Nothing is taken afterwards. */
  close(): Promise<void>;
  /** Lets go of what is not sent yet. */
  discard(): void;
};

type LogLimits = { lines: number; bytes: number };

const INTERVAL_MS = 150;
const BATCH_EVENTS = 2_000;
const BATCH_BYTES = 500_000;
/** Of one attempt; what a log is longer nobody reads. */
const LIMITS: LogLimits = { lines: 1_000_000, bytes: 256 * 2 ** 20 };

/**
 * Sends events in order and in batches, at most INTERVAL_MS late; until then they wait in `file`. Numbers are given to
 * what is there, so what is left out makes no gap. `on.failure` hears once that sending is over for good.
 */
export function createEventSender(
  file: string,
  send: (events: AgentEvent[]) => Promise<EventsAnswer>,
  on: { answer(answer: EventsAnswer): void; failure(error: unknown): void },
  limits = LIMITS,
): EventSender {
  const spool = createEventSpool(file);
  let lines = 0;
  let leftOut = 0;
  let state: 'open' | 'closed' | 'discarded' = 'open';
  let timer: NodeJS.Timeout | undefined;
  let failed: { error: unknown } | undefined;
  let sending: Promise<void> = Promise.resolve();

  function add(event: Parameters<typeof spool.append>[0]): void {
    if (state !== 'open' || failed) return;
    try {
      spool.append(event);
    } catch (error) {
      // no room on the disk: without its log the attempt is worth nothing, and it must not take the process with it
      fail(new AppError('external/storage', `the log cannot be kept: ${(error as Error).message}`));
      return;
    }
    timer ??= setTimeout(flush, INTERVAL_MS);
  }
  function flush(): void {
    clearTimeout(timer);
    timer = undefined;
    sending = sending.then(sendAll);
  }
  async function sendAll(): Promise<void> {
    while (!failed && state !== 'discarded' && spool.waiting() > 0) {
      const batch = spool.next(BATCH_EVENTS, BATCH_BYTES);
      try {
        on.answer(await send(batch.events));
        batch.done();
      } catch (error) {
        fail(error);
      }
    }
  }
  function fail(error: unknown): void {
    failed = { error };
    on.failure(error);
  }
  const note = (line: string) => add({ at: Date.now(), kind: 'log', stream: 'agent', line });

  return {
    log(stream, line) {
      if (stream === 'agent') return note(line);
      lines += 1;
      if (lines <= limits.lines && spool.size() <= limits.bytes) {
        return add({ at: Date.now(), kind: 'log', stream, line });
      }
      if (leftOut === 0) note('the log is too long: lines of the command are left out from here on');
      leftOut += 1;
    },
    metric: (step, metric, value) => add({ at: Date.now(), kind: 'metric', step, metric, value }),
    async close() {
      if (leftOut > 0) note(`${leftOut} log lines were left out`);
      if (state === 'open') state = 'closed';
      flush();
      await sending;
      if (failed) throw failed.error;
    },
    discard() {
      if (state === 'discarded') return;
      state = 'discarded';
      clearTimeout(timer);
      void sending.then(spool.close);
    },
  };
}
