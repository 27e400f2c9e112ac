import { type DestinationStream, type Logger, pino } from 'pino';
import type { LogLevel } from './config.ts';

const secrets = [
  'req.headers.authorization',
  'req.headers.cookie',
  'req.headers["x-hub-signature-256"]',
  'err.request.headers.authorization',
  'err.cause.request.headers.authorization',
];

/** JSON lines on standard output. */
export function createLogger(level: LogLevel, destination?: DestinationStream): Logger {
  return pino({ name: 'sluice', level, redact: { paths: secrets, censor: '…' } }, destination ?? pino.destination(1));
}
