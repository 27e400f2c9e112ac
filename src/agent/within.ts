import { AppError } from '../domain/errors.ts';

/**
 * Work that ends with `signal`, or after so long with external/runner. Its timer, unlike that of AbortSignal.timeout, keeps
 * the process awake: a request whose connection was cut may never settle, and nothing else need be waiting.
 */
export async function within<T>(
  ms: number,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const limit = new AbortController();
  const stop = () => limit.abort(signal.reason);
  const late = () => limit.abort(new AppError('external/runner', `the server did not answer within ${ms / 1000} s`));
  const timer = setTimeout(late, ms);
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  const ended = new Promise<never>((_, reject) => {
    const give = () => reject(limit.signal.reason as Error);
    limit.signal.addEventListener('abort', give, { once: true });
    if (limit.signal.aborted) give();
  });
  try {
    return await Promise.race([work(limit.signal), ended]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', stop);
  }
}
