import type { AgentEvent, EventsAnswer } from '../agent-api/protocol.ts';

export type EventSender = {
  log(stream: 'stdout' | 'stderr' | 'agent', line: string): void;
  metric(step: number, metric: string, value: number): void;
  /** Resolves when everything is stored, or rejects with why it cannot be. Nothing is taken afterwards. */
  close(): Promise<void>;
};

type Unnumbered = AgentEvent extends infer T ? (T extends unknown ? Omit<T, 'seq'> : never) : never;

const INTERVAL_MS = 150;
const BATCH_EVENTS = 500;
const BATCH_BYTES = 500_000;
/** While the server is away; beyond it log lines are left out, and counted. */
const MAX_WAITING = 20_000;
/** Of one attempt; what a log is longer nobody reads. */
const MAX_LOG_LINES = 100_000;

/**
 * Sends events in order and in batches, at most INTERVAL_MS late. Numbers are given when a batch is made, so what is
 * left out makes no gap. `onAnswer` hears what the server said; `onFailure` once, when sending is over for good.
 */
export function createEventSender(
  send: (events: AgentEvent[]) => Promise<EventsAnswer>,
  on: { answer(answer: EventsAnswer): void; failure(error: unknown): void },
): EventSender {
  let waiting: Unnumbered[] = [];
  let seq = 0;
  let lines = 0;
  let leftOut = 0;
  let closed = false;
  let timer: NodeJS.Timeout | undefined;
  let failed: { error: unknown } | undefined;
  let sending: Promise<void> = Promise.resolve();

  function add(event: Unnumbered): void {
    if (closed || failed) return;
    waiting.push(event);
    timer ??= setTimeout(flush, INTERVAL_MS);
  }
  function flush(): void {
    clearTimeout(timer);
    timer = undefined;
    sending = sending.then(sendAll);
  }
  async function sendAll(): Promise<void> {
    while (!failed && (waiting.length > 0 || leftOut > 0)) {
      const batch = takeBatch();
      try {
        on.answer(await send(batch));
      } catch (error) {
        failed = { error };
        waiting = [];
        on.failure(error);
      }
    }
  }
  function takeBatch(): AgentEvent[] {
    const batch: AgentEvent[] = [];
    let bytes = 0;
    let taken = 0;
    for (const event of waiting) {
      const size = Buffer.byteLength(JSON.stringify(event));
      if (taken === BATCH_EVENTS || (taken > 0 && bytes + size > BATCH_BYTES)) break;
      bytes += size;
      taken += 1;
      seq += 1;
      batch.push({ ...event, seq } as AgentEvent);
    }
    waiting = waiting.slice(taken);
    if (waiting.length === 0 && leftOut > 0) {
      seq += 1;
      batch.push({ seq, at: Date.now(), kind: 'log', stream: 'agent', line: `${leftOut} log lines were left out` });
      leftOut = 0;
    }
    return batch;
  }

  return {
    log(stream, line) {
      lines += 1;
      if (lines > MAX_LOG_LINES || waiting.length >= MAX_WAITING) {
        if (!closed) leftOut += 1;
        return;
      }
      add({ at: Date.now(), kind: 'log', stream, line });
    },
    metric(step, metric, value) {
      if (waiting.length < 2 * MAX_WAITING) add({ at: Date.now(), kind: 'metric', step, metric, value });
    },
    async close() {
      closed = true;
      flush();
      await sending;
      if (failed) throw failed.error;
    },
  };
}
