import { adapter } from '../adapters/one/adapter.ts';
import pino from 'pino';
export const flow = [adapter, pino];
