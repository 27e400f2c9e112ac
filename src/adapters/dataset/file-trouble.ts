import { AppError } from '../../domain/errors.ts';

/** What the machine answers when it is asked for a file: an operator has to grant it, or it is to be tried again. */
export function fileTrouble(cause: unknown, doing: string): AppError {
  if (cause instanceof AppError) return cause;
  const { code = 'unknown error' } = cause as NodeJS.ErrnoException;
  if (code === 'EACCES' || code === 'EPERM') {
    return new AppError('config/environment', `${doing}: the server is not permitted to`, { cause });
  }
  return new AppError('external/data', `${doing}: ${code}`, { cause });
}
