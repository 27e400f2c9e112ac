import { AppError } from '../domain/errors.ts';
import type { InferenceLog, LoggedPrediction } from '../ports/inference-log.ts';

/** So many rows without an answer may be logged at once, and so many more a second. */
const BURST_ROWS = 1000;
const ROWS_A_SECOND = 100;

export type FailedRows = Omit<LoggedPrediction, 'prediction' | 'confidence' | 'error'>[];

export type FailureLog = {
  /** Never throws: whoever asked is told the error, not that it could not be written down. */
  add(rows: FailedRows, error: unknown): Promise<void>;
};

/**
 * Logs requests that a version did not answer. A client that sends nonsense in a loop must not fill the disk: beyond a
 * rate they are counted by the metrics only. `now`: monotonic, in milliseconds.
 */
export function createFailureLog(
  log: InferenceLog,
  onError: (error: unknown) => void,
  now: () => number = () => performance.now(),
): FailureLog {
  let budget = BURST_ROWS;
  let refilledAt = now();
  return {
    async add(rows, error) {
      // The log itself was what failed: nothing more can be written.
      if (error instanceof AppError && error.code === 'external/storage') return;
      budget = Math.min(BURST_ROWS, budget + ((now() - refilledAt) / 1000) * ROWS_A_SECOND);
      refilledAt = now();
      const kept = rows.slice(0, Math.floor(budget));
      if (kept.length === 0) return;
      budget -= kept.length;
      const code = error instanceof AppError ? error.code : 'bug/invariant';
      await log.append(kept.map((row) => ({ ...row, prediction: null, error: code }))).catch(onError);
    },
  };
}
