import { AppError } from '../../../domain/errors.ts';

/** What is needed of an Octokit client: its `request`, with GitHub's routes and their parameters. */
export type ActionsClient = {
  request(route: string, parameters: Record<string, unknown>): Promise<{ status: number; data: unknown }>;
};

/** Client of the app's installation on that repository (`owner/name`). Rejects where there is none. */
export type ClientFor = (repository: string) => Promise<ActionsClient>;

export function repositoryParts(repository: string): { owner: string; repo: string } {
  const [owner, repo] = repository.split('/') as [string, string];
  return { owner, repo };
}

type Failure = {
  status: number;
  message: string;
  response?: { headers?: Record<string, string | number | undefined> };
};

const isFailure = (error: unknown): error is Failure =>
  error instanceof Error && typeof (error as { status?: unknown }).status === 'number';

/** GitHub's answer when it was a refusal; undefined when something else went wrong. */
export function refusalOf(error: unknown): { status: number; message: string } | undefined {
  return isFailure(error) && !isRateLimit(error) ? { status: error.status, message: error.message } : undefined;
}

/** `doing`: what was being done, as in "looking at run 5". */
export function asAppError(error: unknown, doing: string): AppError {
  if (error instanceof AppError) return error;
  const message = `${doing}: ${error instanceof Error ? error.message : String(error)}`;
  if (!isFailure(error)) return new AppError('external/runner', message, { cause: error });
  if (isRateLimit(error)) {
    const retryAt = retryAtOf(error);
    return new AppError('external/runner', message, { cause: error, ...(retryAt && { retryAt }) });
  }
  if (error.status === 401) return new AppError('permission/unauthenticated', message, { cause: error });
  if (error.status === 403) return new AppError('permission/forbidden', message, { cause: error });
  return new AppError('external/runner', message, { cause: error });
}

/** A 403 is a limit, too, when it says so: https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api */
function isRateLimit({ status, message, response }: Failure): boolean {
  const headers = response?.headers ?? {};
  if (status === 429) return true;
  const limited = String(headers['x-ratelimit-remaining']) === '0' || headers['retry-after'] !== undefined;
  return status === 403 && (limited || /rate limit/i.test(message));
}

function retryAtOf({ response }: Failure): number | undefined {
  const after = Number(response?.headers?.['retry-after']);
  if (after > 0) return Date.now() + after * 1000;
  const reset = Number(response?.headers?.['x-ratelimit-reset']);
  return reset > 0 ? reset * 1000 : undefined;
}
