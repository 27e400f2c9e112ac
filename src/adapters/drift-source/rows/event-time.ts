import { identifier, quote } from '../session.ts';

/** 2000-01-01: a log of models has no older rows; what seems older is a clock that was never set. */
const FIRST_MS = 946_684_800_000;
/** By so much a sender's clock may be ahead of the moment that its file was written. */
const AHEAD_MS = 3_600_000;

/** SQL expression: a time of `eventTimeSql` unless it cannot be: before 2000, or an hour after its file was written. */
export function possibleTimeSql(time: string, writtenAt: number): string {
  const last = Math.trunc(writtenAt + AHEAD_MS);
  return `CASE WHEN ${time} BETWEEN epoch_ms(${FIRST_MS}::BIGINT) AND epoch_ms(${last}::BIGINT) THEN ${time} END`;
}

/**
 * SQL expression of a row's event time: TIMESTAMP in UTC, NULL where there is none.
 *
 * Times without an offset are local to `timezone`: of the hour that comes twice in autumn they are the second one's, the
 * hour that spring leaves out is read as the one after it, so no row is lost. Dates are their midnight there. Numbers
 * (also as text) are epoch seconds below 1e11, milliseconds below 1e14, microseconds below 1e17, else nanoseconds; one of
 * eight digits such as 20010501 is a date.
 */
export function eventTimeSql(name: string, type: string, timezone: string): string {
  const column = identifier(name);
  if (/^TIMESTAMP WITH TIME ZONE$/.test(type)) return `timezone('UTC', ${column})`;
  if (/^(TIMESTAMP(_S|_MS|_NS)?|DATE)$/.test(type)) return local(`CAST(${column} AS TIMESTAMP)`, timezone);
  if (/^(U?(TINY|SMALL|BIG|HUGE)INT|U?INTEGER|FLOAT|DOUBLE|DECIMAL\(.*\))$/.test(type)) {
    return numberSql(`CAST(${column} AS DOUBLE)`, `CAST(CAST(${column} AS BIGINT) AS VARCHAR)`, timezone);
  }
  if (type !== 'VARCHAR') return 'CAST(NULL AS TIMESTAMP)';
  const number = `TRY_CAST(${column} AS DOUBLE)`;
  return `CASE
    WHEN ${number} IS NOT NULL THEN ${numberSql(number, `trim(${column})`, timezone)}
    WHEN regexp_matches(${column}, ':[0-9.]+ *(Z|z|UTC|[+-][0-9]{2}(:?[0-9]{2})?)$') THEN timezone('UTC', TRY_CAST(${column} AS TIMESTAMPTZ))
    ELSE ${local(`TRY_CAST(${column} AS TIMESTAMP)`, timezone)} END`;
}

function numberSql(number: string, digits: string, timezone: string): string {
  const epoch = (perSecond: string) => `make_timestamp(CAST(round(${number} * ${perSecond}) AS BIGINT))`;
  return `CASE
    WHEN NOT isfinite(${number}) OR abs(${number}) >= 1e20 THEN NULL
    WHEN ${number} BETWEEN 19000101 AND 29991231 AND regexp_matches(${digits}, '^[0-9]{8}$')
      THEN ${local(`CAST(TRY_STRPTIME(${digits}, '%Y%m%d') AS TIMESTAMP)`, timezone)}
    WHEN abs(${number}) < 1e11 THEN ${epoch('1e6')}
    WHEN abs(${number}) < 1e14 THEN ${epoch('1e3')}
    WHEN abs(${number}) < 1e17 THEN ${epoch('1.0')}
    ELSE ${epoch('1e-3')} END`;
}

function local(timestamp: string, timezone: string): string {
  if (timezone === 'UTC') return timestamp;
  return `timezone('UTC', timezone(${quote(timezone)}, ${timestamp}))`;
}
