import { type Html, html } from './html.ts';

const steps: [seconds: number, unit: Intl.RelativeTimeFormatUnit][] = [
  [60, 'second'],
  [3600, 'minute'],
  [86_400, 'hour'],
  [2_592_000, 'day'],
];

const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });

/** "3 minutes ago" up to a month, then the date; the exact time is in the element. */
export const timeElement = (iso: string | undefined, now: Date): Html | undefined => {
  if (!iso) return undefined;
  const seconds = Math.round((new Date(iso).getTime() - now.getTime()) / 1000);
  const index = steps.findIndex(([limit]) => Math.abs(seconds) < limit);
  const step = steps[index];
  const divisor = steps[index - 1]?.[0] ?? 1;
  const text = step ? relative.format(Math.trunc(seconds / divisor), step[1]) : `on ${iso.slice(0, 10)}`;
  return html`<time datetime="${iso}" title="${iso}">${text}</time>`;
};

export const duration = (from: string | undefined, to: string | undefined): string | undefined => {
  if (!from || !to) return undefined;
  const seconds = Math.max(0, Math.round((Date.parse(to) - Date.parse(from)) / 1000));
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
};
