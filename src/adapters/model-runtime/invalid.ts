import { AppError } from '../../domain/errors.ts';

/** `cause`: what the library threw. */
export function invalid(message: string, cause?: unknown): AppError {
  return new AppError('config/model-invalid', `the model cannot be used: ${message}`, { cause });
}

/** The first line of what a library threw, as far as it can be shown. */
export function firstLine(cause: unknown): string {
  const text = cause instanceof Error ? cause.message : String(cause);
  return (text.split('\n').find((line) => line.trim() !== '') ?? 'it says nothing').slice(0, 2_000);
}
