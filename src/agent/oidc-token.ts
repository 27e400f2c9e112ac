import type { TokenAnswer, TokenRequest } from '../agent-api/oidc-protocol.ts';
import type { ErrorAnswer } from '../agent-api/protocol.ts';
import { AppError } from '../domain/errors.ts';
import { pause } from './pause.ts';
import { within } from './within.ts';

/** Where a step of GitHub Actions gets identity tokens of its run. */
export type IdentitySource = { url: string; token: string };

const TIMEOUT_MS = 30_000;
const FIRST_DELAY_MS = 250;
const MAX_DELAY_MS = 10_000;

/**
 * The attempt's token, for an identity token of the run that this process is a step of. Each try takes a new identity
 * token: one is good once. Errors: AppError of the server's code for what will not change; external/runner when GitHub or
 * the server stayed away for longer than `patienceMs`.
 */
export async function tokenByIdentity(options: {
  /** Without a slash at the end: the identity token is made for it. */
  serverUrl: string;
  source: IdentitySource;
  asked: TokenRequest;
  patienceMs: number;
  signal: AbortSignal;
}): Promise<string> {
  const { serverUrl, source, asked, patienceMs, signal } = options;
  const giveUpAt = Date.now() + patienceMs;
  for (let delay = FIRST_DELAY_MS; ; delay = Math.min(delay * 2, MAX_DELAY_MS)) {
    try {
      return await within(TIMEOUT_MS, signal, async (limited) => {
        const identity = await identityToken(source, serverUrl, limited);
        return exchange(serverUrl, identity, asked, limited);
      });
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof AppError && error.family !== 'external') throw error;
      if (Date.now() + delay > giveUpAt) {
        throw new AppError('external/runner', `getting a token for the job: ${(error as Error).message}`, {
          cause: error,
        });
      }
      await pause(delay, signal);
    }
  }
}

async function identityToken(source: IdentitySource, audience: string, signal: AbortSignal): Promise<string> {
  const url = new URL(source.url);
  url.searchParams.set('audience', audience);
  const response = await fetch(url, {
    headers: { authorization: `Bearer ${source.token}` },
    signal,
    redirect: 'error',
  });
  if (!response.ok) {
    const message = `GitHub answered ${response.status} when asked for an identity token`;
    const lasting = response.status < 500 && response.status !== 429;
    throw new AppError(lasting ? 'permission/unauthenticated' : 'external/runner', message);
  }
  return ((await response.json()) as { value: string }).value;
}

async function exchange(serverUrl: string, identity: string, asked: TokenRequest, signal: AbortSignal) {
  const response = await fetch(`${serverUrl}/api/agent/token`, {
    method: 'POST',
    headers: { authorization: `Bearer ${identity}`, 'content-type': 'application/json' },
    body: JSON.stringify(asked),
    signal,
    redirect: 'error',
  });
  if (response.ok) return ((await response.json()) as TokenAnswer).token;
  // a proxy in between answers HTML
  const answer = (await response.json().catch(() => ({}))) as Partial<ErrorAnswer>;
  const message = answer.message ?? `the server answered ${response.status}`;
  const lasting = response.status < 500 && response.status !== 429 && answer.code !== undefined;
  throw new AppError(lasting ? answer.code! : 'external/runner', message);
}
