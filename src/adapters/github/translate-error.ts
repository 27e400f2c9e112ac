import { AppError, type ErrorCode } from '../../domain/errors.ts';

type Headers = Record<string, string | number | undefined>;
type RequestFailure = {
  status: number;
  message: string;
  response?: { headers?: Headers; data?: { message?: string; errors?: unknown[] } };
};
type GraphqlFailure = { message: string; errors: { type?: string; message: string }[] };

const isGraphqlFailure = (error: unknown): error is GraphqlFailure =>
  error instanceof Error && error.name === 'GraphqlResponseError';

const isRequestFailure = (error: unknown): error is RequestFailure =>
  error instanceof Error && typeof (error as { status?: unknown }).status === 'number';

/** Epoch ms from `retry-after` (seconds) or `x-ratelimit-reset` (epoch seconds). */
function retryAtOf(headers: Headers): number | undefined {
  const after = Number(headers['retry-after']);
  if (after > 0) return Date.now() + after * 1000;
  const reset = Number(headers['x-ratelimit-reset']);
  return reset > 0 ? reset * 1000 : undefined;
}

const isRateLimit = (failure: RequestFailure, headers: Headers): boolean =>
  failure.status === 429 ||
  (failure.status === 403 &&
    (String(headers['x-ratelimit-remaining']) === '0' ||
      headers['retry-after'] !== undefined ||
      /rate limit|abuse detection/i.test(failure.message)));

/** A 422 that says that something moved or is there already, as opposed to a request that can never be accepted. */
const saysMoved = (message: string): boolean =>
  /already.exists|does not exist|no commit found|not found|fast.?forward|update is not|no longer|no commits between|sha/i.test(
    message,
  );

function codeOfStatus(failure: RequestFailure): ErrorCode {
  const { status } = failure;
  if (status === 401) return 'permission/unauthenticated';
  if (status === 403 || status === 451) return 'permission/forbidden';
  if (status === 404 || status === 410) return 'conflict/not-found';
  if (status === 409) return 'conflict/stale';
  if (status === 422) return saysMoved(failure.message) ? 'conflict/stale' : 'bug/invariant';
  return status >= 500 || status === 408 ? 'external/github' : 'bug/invariant';
}

const codeOfGraphqlType: Record<string, ErrorCode> = {
  NOT_FOUND: 'conflict/not-found',
  FORBIDDEN: 'permission/forbidden',
  INSUFFICIENT_SCOPES: 'permission/forbidden',
  STALE_DATA: 'conflict/stale',
  UNPROCESSABLE: 'conflict/stale',
};

/** `doing`: what was being done, as in "creating the check run sluice/plan". */
export function translateError(error: unknown, doing: string): AppError {
  if (error instanceof AppError) return error;
  const message = `${doing}: ${error instanceof Error ? error.message : String(error)}`;
  if (isGraphqlFailure(error)) {
    const code = codeOfGraphqlType[error.errors[0]?.type ?? ''] ?? 'external/github';
    return new AppError(code, message, { cause: error });
  }
  if (!isRequestFailure(error)) return new AppError('external/github', message, { cause: error });
  const headers = error.response?.headers ?? {};
  if (isRateLimit(error, headers)) {
    const retryAt = retryAtOf(headers);
    const until = retryAt ? ` (asked to wait until ${new Date(retryAt).toISOString()})` : '';
    return new AppError('external/github', `${message}${until}`, { cause: error, ...(retryAt ? { retryAt } : {}) });
  }
  return new AppError(codeOfStatus(error), message, { cause: error });
}

/** Runs one thing against GitHub; what it throws becomes an AppError. */
export async function doing<T>(what: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    throw translateError(error, what);
  }
}

/** Answers `instead` when GitHub says with such a status (and words, if given) what is an expected outcome. */
export async function unless<T, I>(
  status: number | readonly number[],
  instead: I,
  action: () => Promise<T>,
  words = /./,
): Promise<T | I> {
  try {
    return await action();
  } catch (error) {
    if (isRequestFailure(error) && [status].flat().includes(error.status) && words.test(error.message)) return instead;
    throw error;
  }
}
