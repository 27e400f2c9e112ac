import { type DestinationStream, type Logger, pino } from 'pino';
import type { LogLevel } from './config.ts';

/** Secrets, and what an unverified sender wrote: 25 MB of it would stand in the log. */
const hidden = [
  'req.headers.authorization',
  'req.headers.cookie',
  'req.headers["x-hub-signature-256"]',
  'err.request.headers.authorization',
  'err.cause.request.headers.authorization',
  'err.event',
  'err.aggregateErrors[*].event',
];

/** JSON lines on standard output. */
export function createLogger(level: LogLevel, destination?: DestinationStream): Logger {
  return pino({ name: 'sluice', level, redact: { paths: hidden, censor: '…' } }, destination ?? pino.destination(1));
}
