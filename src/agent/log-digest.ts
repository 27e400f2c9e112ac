import type { Dataset } from '../domain/spec/valid.ts';
import type { TaskRun } from './task-run.ts';

/** Says which data it was, once it has been read: a file that is not what the spec declares was refused there. */
export function logDigest(log: TaskRun['log'], { name, source }: Dataset): void {
  const digest = source.sha256?.replace(/^(sha256:)?/, 'sha256:').toLowerCase();
  log('agent', `data of ${name}: ${digest === undefined ? 'no digest is declared' : `verified ${digest}`}`);
}
