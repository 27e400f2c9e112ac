/**
 * The one thing that Sluice throws. Expected outcomes (a gate failed, a spec is invalid) are returned, never thrown.
 * The family says who must act: config the author, permission an admin, external nobody yet (retry), conflict nobody
 * (look again), bug us.
 */
export type ErrorFamily = 'config' | 'permission' | 'external' | 'conflict' | 'bug';

export type ErrorCode =
  | 'config/invalid-spec'
  | 'config/invalid-input'
  | 'config/data-invalid'
  | 'config/data-not-allowed'
  | 'config/model-invalid'
  | 'config/environment'
  | 'config/train-failed'
  | 'permission/forbidden'
  | 'permission/unauthenticated'
  | 'external/github'
  | 'external/runner'
  | 'external/storage'
  | 'external/data'
  | 'external/deployer'
  | 'external/timeout'
  | 'conflict/stale'
  | 'conflict/cancelled'
  | 'conflict/not-found'
  | 'bug/invariant';

export class AppError extends Error {
  readonly code: ErrorCode;
  /** Epoch milliseconds before which trying again is useless, where the other side said so. */
  readonly retryAt: number | undefined;

  constructor(code: ErrorCode, message: string, options?: { cause?: unknown; retryAt?: number }) {
    super(message, options);
    this.name = 'AppError';
    this.code = code;
    this.retryAt = options?.retryAt;
  }

  get family(): ErrorFamily {
    return this.code.slice(0, this.code.indexOf('/')) as ErrorFamily;
  }
}

/** Exit codes of every command: 0 yes, 1 the verdict is no, 2 bad input, 3 our or the world's fault. */
export function exitCodeOf(error: unknown): 2 | 3 {
  return error instanceof AppError && (error.family === 'config' || error.family === 'permission') ? 2 : 3;
}
