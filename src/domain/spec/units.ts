const DURATION_MS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

const BYTES: Record<string, number> = {
  B: 1,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
};

const SCHEDULES = new Map([
  ['@hourly', 3_600],
  ['@daily', 86_400],
  ['@weekly', 604_800],
]);

/** `5ms`, `30s`, `2h`, `1d` → milliseconds; anything else, or more than ten years: undefined. */
export function parseDuration(text: string): number | undefined {
  const match = /^(\d{1,12}(?:\.\d{1,6})?)(ms|s|m|h|d)$/.exec(text);
  if (!match) return undefined;
  const milliseconds = Number(match[1]) * DURATION_MS[match[2] as keyof typeof DURATION_MS];
  return milliseconds <= 3_650 * DURATION_MS.d ? milliseconds : undefined;
}

/** `50MB`, `8Gi` (also `8GiB`), `100B` → whole bytes; anything else: undefined. */
export function parseBytes(text: string): number | undefined {
  const match = /^(\d{1,12}(?:\.\d{1,6})?)(B|[KMGT]B|[KMGT]iB?)$/.exec(text);
  if (!match) return undefined;
  const unit = BYTES[match[2]!.replace(/iB$/, 'i')];
  return unit === undefined ? undefined : Math.floor(Number(match[1]) * unit);
}

/** `@hourly`, `@daily`, `@weekly` or a duration → seconds, at least one; anything else: undefined. */
export function parseSchedule(text: string): number | undefined {
  const named = SCHEDULES.get(text);
  if (named !== undefined) return named;
  const milliseconds = parseDuration(text);
  return milliseconds !== undefined && milliseconds >= 1_000 ? milliseconds / 1_000 : undefined;
}
