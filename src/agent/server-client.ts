import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import type {
  AgentEvent,
  ClaimAnswer,
  ClaimRequest,
  ErrorAnswer,
  EventsAnswer,
  EventsRequest,
  FinishRequest,
  HeartbeatAnswer,
} from '../agent-api/protocol.ts';
import { AppError } from '../domain/errors.ts';

export type ServerClient = {
  claim(agent: string): Promise<ClaimAnswer>;
  sendEvents(events: AgentEvent[]): Promise<EventsAnswer>;
  /** Tried once: the next one comes soon. */
  heartbeat(): Promise<HeartbeatAnswer>;
  upload(file: string, digest: string): Promise<void>;
  download(digest: string): Promise<Readable>;
  finish(outcome: FinishRequest): Promise<void>;
};

const FIRST_DELAY_MS = 100;
const MAX_DELAY_MS = 5_000;
const TIMEOUT_MS = 30_000;

type Body = NonNullable<RequestInit['body']>;

type Options = {
  serverUrl: string;
  token: string;
  /** How long a server that is away is waited for. */
  patienceMs: number;
  /** Ends all waiting; what is under way fails with its reason. */
  signal: AbortSignal;
};

/**
 * Errors: AppError of the code that the server gave for what will not change (4xx); external/runner when the server
 * stayed away for longer than `patienceMs`.
 */
export function createServerClient(options: Options): ServerClient {
  const { serverUrl, token, patienceMs, signal } = options;

  async function once(method: string, route: string, body?: () => Body, timeoutMs = TIMEOUT_MS): Promise<Response> {
    const init: RequestInit & { duplex?: 'half' } = {
      method,
      headers: { authorization: `Bearer ${token}` },
      signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
      redirect: 'error',
    };
    if (body) Object.assign(init, { body: body(), duplex: 'half' });
    const response = await fetch(`${serverUrl}/api/agent/${route}`, init);
    if (response.ok || (method === 'HEAD' && response.status === 404)) return response;
    throw await refusal(response);
  }

  async function patiently(method: string, route: string, body?: () => Body, timeoutMs?: number) {
    const giveUpAt = Date.now() + patienceMs;
    for (let delay = FIRST_DELAY_MS; ; delay = Math.min(delay * 2, MAX_DELAY_MS)) {
      try {
        return await once(method, route, body, timeoutMs);
      } catch (error) {
        signal.throwIfAborted();
        if (error instanceof AppError && error.family !== 'external') throw error;
        if (Date.now() + delay > giveUpAt) {
          throw new AppError('external/runner', `the server did not answer for ${patienceMs} ms`, { cause: error });
        }
        await pause(delay * (0.75 + Math.random() / 2), signal);
      }
    }
  }

  const post = async <T>(route: string, value: unknown): Promise<T> =>
    (await patiently('POST', route, () => JSON.stringify(value))).json() as Promise<T>;

  return {
    claim: (agent) => post<ClaimAnswer>('claim', { agent } satisfies ClaimRequest),
    sendEvents: (events) => post<EventsAnswer>('events', { events } satisfies EventsRequest),
    heartbeat: async () => (await once('POST', 'heartbeat')).json() as Promise<HeartbeatAnswer>,
    async upload(file, digest) {
      if ((await patiently('HEAD', `blobs/${digest}`)).ok) return;
      const body = () => Readable.toWeb(createReadStream(file)) as Body;
      await (await patiently('PUT', `blobs/${digest}`, body, 3_600_000)).body?.cancel();
    },
    async download(digest) {
      const response = await patiently('GET', `blobs/${digest}`, undefined, 3_600_000);
      return Readable.fromWeb(response.body as import('node:stream/web').ReadableStream);
    },
    async finish(outcome) {
      await post('finish', outcome);
    },
  };
}

/** What will not change is the server's own code; the rest is external, so that it is tried again. */
async function refusal(response: Response): Promise<AppError> {
  const text = await response.text().catch(() => '');
  let answer: Partial<ErrorAnswer> = {};
  try {
    answer = JSON.parse(text) as Partial<ErrorAnswer>;
  } catch {
    // a proxy in between answers HTML
  }
  const message = answer.message ?? `the server answered ${response.status}`;
  if (response.status >= 500 || response.status === 429 || answer.code === undefined) {
    return new AppError('external/runner', message);
  }
  return new AppError(answer.code, message);
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(done, ms);
    const stop = () => {
      clearTimeout(timer);
      reject(signal.reason as Error);
    };
    function done(): void {
      signal.removeEventListener('abort', stop);
      resolve();
    }
    signal.addEventListener('abort', stop, { once: true });
  });
}
