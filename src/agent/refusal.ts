import type { ErrorAnswer } from '../agent-api/protocol.ts';
import { AppError, type ErrorCode } from '../domain/errors.ts';

/** An answer to HEAD has no body that would say it. */
const HEAD_CODES: Record<number, ErrorCode> = {
  400: 'config/invalid-input',
  401: 'permission/unauthenticated',
  403: 'permission/forbidden',
  409: 'conflict/stale',
};

/** What will not change is the server's own code; the rest is external, so that it is tried again. */
export async function refusal(response: Response, method: string): Promise<AppError> {
  const text = await response.text().catch(() => '');
  let answer: Partial<ErrorAnswer> = {};
  try {
    answer = JSON.parse(text) as Partial<ErrorAnswer>;
  } catch {
    // a proxy in between answers HTML
  }
  if (method === 'HEAD') answer.code = HEAD_CODES[response.status];
  const message = answer.message ?? `the server answered ${response.status}`;
  if (response.status >= 500 || response.status === 429 || answer.code === undefined) {
    return new AppError('external/runner', message);
  }
  return new AppError(answer.code, message);
}
