import { Readable } from 'node:stream';
import {
  AGENT_HEADER,
  type AgentEvent,
  type CheckpointRequest,
  type ClaimAnswer,
  type ClaimRequest,
  type EventsAnswer,
  type EventsRequest,
  type FinishRequest,
  type HeartbeatAnswer,
  type HeartbeatRequest,
  type UploadAnswer,
} from '../agent-api/protocol.ts';
import { AppError } from '../domain/errors.ts';
import type { ArtifactFile, Usage } from '../domain/jobs/job.ts';
import { pause } from './pause.ts';
import { refusal } from './refusal.ts';
import { uploadFile } from './upload.ts';
import { within } from './within.ts';

/** Results and checkpoints are apart on the server, since checkpoints are removed again. */
type BlobKind = 'blobs' | 'checkpoints';

export type ServerClient = {
  claim(): Promise<ClaimAnswer>;
  sendEvents(events: AgentEvent[]): Promise<EventsAnswer>;
  /** Tried once: the next one comes soon. */
  heartbeat(usage: Usage | undefined): Promise<HeartbeatAnswer>;
  upload(kind: BlobKind, file: string, content: { digest: string; size: number }): Promise<void>;
  download(kind: BlobKind, digest: string): Promise<Readable>;
  saveCheckpoint(files: ArtifactFile[]): Promise<void>;
  finish(outcome: FinishRequest): Promise<void>;
};

const FIRST_DELAY_MS = 100;
const MAX_DELAY_MS = 5_000;
const TIMEOUT_MS = 30_000;
/** A piece of an upload over a slow line; with the last one the server verifies the whole. */
const PIECE_TIMEOUT_MS = 300_000;

type Sent = { body?: string | Uint8Array; headers?: Record<string, string>; timeoutMs?: number };

type Read<T> = (response: Response) => Promise<T>;
const json = async <T>(response: Response): Promise<T> => response.json() as Promise<T>;
const whole = async (response: Response): Promise<Response> => response;

type Options = {
  serverUrl: string;
  token: string;
  /** Random, one a process: what another process does with the same token is refused. */
  agent: string;
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
  const { serverUrl, token, agent, patienceMs, signal } = options;

  /** `read` is part of the attempt: an answer that breaks off is no answer. */
  function once<T>(method: string, route: string, sent: Sent, read: Read<T>): Promise<T> {
    return within(sent.timeoutMs ?? TIMEOUT_MS, signal, async (limited) =>
      read(await request(method, route, sent, limited)),
    );
  }

  async function request(method: string, route: string, sent: Sent, limited: AbortSignal): Promise<Response> {
    const response = await fetch(`${serverUrl}/api/agent/${route}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        [AGENT_HEADER]: agent,
        ...(typeof sent.body === 'string' ? { 'content-type': 'application/json' } : {}),
        ...sent.headers,
      },
      signal: limited,
      redirect: 'error',
      ...(sent.body === undefined ? {} : { body: sent.body as NonNullable<RequestInit['body']> }),
    });
    if (response.ok || (method === 'HEAD' && response.status === 404)) return response;
    throw await refusal(response, method);
  }

  async function patiently<T>(method: string, route: string, sent: Sent, read: Read<T>): Promise<T> {
    const since = Date.now();
    for (let delay = FIRST_DELAY_MS; ; delay = Math.min(delay * 2, MAX_DELAY_MS)) {
      try {
        return await once(method, route, sent, read);
      } catch (error) {
        if (error instanceof AppError && error.family !== 'external') throw error;
        await waitFor(delay, since, error);
      }
    }
  }

  /** Rejects when that would be longer than the patience lasts. */
  async function waitFor(delay: number, since: number, cause?: unknown): Promise<void> {
    signal.throwIfAborted();
    if (Date.now() + delay > since + patienceMs) {
      throw new AppError('external/runner', `the server did not answer for ${patienceMs} ms`, { cause });
    }
    await pause(delay * (0.75 + Math.random() / 2), signal);
  }

  const post = <T>(route: string, value: unknown): Promise<T> =>
    patiently('POST', route, { body: JSON.stringify(value) }, json<T>);

  return {
    claim: () => post<ClaimAnswer>('claim', { agent } satisfies ClaimRequest),
    sendEvents: (events) => post<EventsAnswer>('events', { events } satisfies EventsRequest),
    async heartbeat(usage) {
      const body = JSON.stringify((usage ? { usage } : {}) satisfies HeartbeatRequest);
      return once('POST', 'heartbeat', { body }, json<HeartbeatAnswer>);
    },
    async upload(kind, file, { digest, size }) {
      const route = `${kind}/${digest}`;
      let failed: unknown;
      const sender = {
        head: () => patiently('HEAD', route, {}, whole),
        patch: async (headers: Record<string, string>, piece: Uint8Array) => {
          try {
            const sent = { headers, body: piece, timeoutMs: PIECE_TIMEOUT_MS };
            return await once('PATCH', route, sent, json<UploadAnswer>);
          } catch (error) {
            // a wrong offset and an attempt that is over look alike; asking what has arrived tells
            if (error instanceof AppError && error.family !== 'external' && error.code !== 'conflict/stale')
              throw error;
            failed = error;
            return undefined;
          }
        },
        pause: (since: number) => waitFor(FIRST_DELAY_MS, since, failed),
      };
      try {
        await uploadFile(sender, file, size);
      } catch (error) {
        if (!(error instanceof AppError) || error.code !== 'config/invalid-input') throw error;
        // the server has dropped it; once more, in case what had arrived before was to blame and not the file
        await uploadFile(sender, file, size);
      }
    },
    async download(kind, digest) {
      const { body } = await patiently('GET', `${kind}/${digest}`, {}, whole);
      return Readable.fromWeb(body as import('node:stream/web').ReadableStream, { signal });
    },
    async saveCheckpoint(files) {
      await post('checkpoint', { files } satisfies CheckpointRequest);
    },
    async finish(outcome) {
      await post('finish', outcome);
    },
  };
}
