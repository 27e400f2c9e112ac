import { AppError } from '../../domain/errors.ts';
import type { DataWindow } from '../../domain/spec/valid.ts';
import { type Days, dayOf, isDay } from './days.ts';
import type { MonitorRecord } from './monitor-record.ts';

/**
 * Ends with the newest complete window. Starts where the alert says that things changed, so that training does not mix
 * two worlds; without an alert the window keeps its length. `same`: as it is already.
 */
export function nextWindow(
  present: DataWindow,
  record: MonitorRecord,
  wanted: { from?: string; to?: string },
): Days | 'same' {
  const odd = [wanted.from, wanted.to].find((day) => day !== undefined && !isDay(day));
  // It becomes part of a branch's name.
  if (odd !== undefined) throw new AppError('config/invalid-input', `"${odd}" is no day such as 2024-01-31`);
  const to = wanted.to ?? dayOf(record.windows.at(-1)?.to ?? Date.parse(present.to));
  const length = Date.parse(present.to) - Date.parse(present.from);
  const { status, since, again = since } = record.alert;
  const changed = dayOf(status === 'open' && again !== undefined ? again : Date.parse(to) - length);
  const from = wanted.from ?? (changed < to ? changed : dayOf(Date.parse(to) - length));
  if (!(Date.parse(from) < Date.parse(to))) {
    throw new AppError(
      'config/invalid-input',
      `the window ${from} to ${to} is empty; say from=YYYY-MM-DD and to=YYYY-MM-DD, from before to`,
    );
  }
  return from === present.from && to === present.to ? 'same' : { from, to };
}
