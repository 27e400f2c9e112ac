const ISO = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?)(Z|[+-]\d{2}:\d{2})?)?$/;

/** Epoch milliseconds of an ISO date or timestamp (UTC unless it names a zone); of anything else undefined. */
export function parseInstant(text: string): number | undefined {
  const match = ISO.exec(text);
  if (!match) return undefined;
  const [, date, time = '00:00', zone = 'Z'] = match;
  const day = Date.parse(`${date}T00:00Z`);
  // Date.parse takes the 31st of a short month for the first of the next one.
  if (Number.isNaN(day) || new Date(day).toISOString().slice(0, 10) !== date) return undefined;
  const instant = Date.parse(`${date}T${time}${zone}`);
  return Number.isNaN(instant) ? undefined : instant;
}
