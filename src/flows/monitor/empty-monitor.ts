import { NO_ALERT } from '../../domain/drift/alert.ts';
import type { MonitorRecord } from './monitor-record.ts';

export const EMPTY_MONITOR: MonitorRecord = { windows: [], folded: NO_ALERT, alert: NO_ALERT, told: [], pulls: [] };
