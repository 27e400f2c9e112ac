/** As in 2024-01-31. */
export type Days = { from: string; to: string };

const DAY_MS = 86_400_000;

export function dayOf(epochMs: number, round: (days: number) => number = Math.round): string {
  return new Date(round(epochMs / DAY_MS) * DAY_MS).toISOString().slice(0, 10);
}

export function isDay(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text));
}
