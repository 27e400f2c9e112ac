import { type Html, html, trusted } from './html.ts';

export type IconName =
  | 'success'
  | 'failure'
  | 'neutral'
  | 'skipped'
  | 'cancelled'
  | 'queued'
  | 'running'
  | 'attention'
  | 'file'
  | 'folder'
  | 'pull'
  | 'merged'
  | 'issue'
  | 'closed'
  | 'commit'
  | 'tag'
  | 'branch'
  | 'rocket'
  | 'bell'
  | 'book'
  | 'comment'
  | 'play';

const disc = '<circle cx="8" cy="8" r="7" fill="currentColor"/>';
const ring = '<circle cx="8" cy="8" r="6" fill="none" stroke="currentColor" stroke-width="1.6"/>';
const cut = (d: string): string =>
  `<path d="${d}" fill="none" stroke="var(--surface)" stroke-width="1.7" stroke-linecap="round" stroke-linejoin="round"/>`;
const line = (d: string): string =>
  `<path d="${d}" fill="none" stroke="currentColor" stroke-width="1.5" stroke-linecap="round" stroke-linejoin="round"/>`;

const drawings: Record<IconName, string> = {
  success: disc + cut('M4.8 8.3l2.2 2.2 4.2-4.6'),
  failure: disc + cut('M5.5 5.5l5 5m0-5l-5 5'),
  neutral: disc + cut('M5 8h6'),
  skipped: ring + line('M5 11l6-6'),
  cancelled: ring + line('M5 5l6 6'),
  queued:
    '<circle cx="8" cy="8" r="6" fill="none" stroke="currentColor" stroke-width="1.6" stroke-dasharray="2.4 2.3"/>',
  running: `${ring}<circle cx="8" cy="8" r="3" fill="currentColor"/>`,
  attention: disc + cut('M8 4.5v4.2M8 11.3v.1'),
  file: line('M4 1.8h5L12.5 5v9.2H4zM9 2v3.2h3.3'),
  folder: '<path d="M1.5 3.5h4.6l1.5 1.7h6.9v8H1.5z" fill="currentColor" opacity=".75"/>',
  pull: `${line('M4 6v6M4 4h5.5c1.4 0 2.5 1 2.5 2.5V11')}<circle cx="4" cy="3.6" r="1.8" fill="currentColor"/><circle cx="12" cy="12.4" r="1.8" fill="currentColor"/>`,
  merged: `${line('M4 5.5v5M4 5.5c1 3 3.2 3.7 6 3.8')}<circle cx="4" cy="3.6" r="1.8" fill="currentColor"/><circle cx="4" cy="12.4" r="1.8" fill="currentColor"/><circle cx="12" cy="9.4" r="1.8" fill="currentColor"/>`,
  issue: `${ring}<circle cx="8" cy="8" r="1.7" fill="currentColor"/>`,
  closed: ring + line('M5.4 8.2l1.8 1.8 3.4-3.8'),
  commit: `${line('M1.5 8h3.2m6.6 0h3.2')}<circle cx="8" cy="8" r="3" fill="none" stroke="currentColor" stroke-width="1.5"/>`,
  tag: `${line('M2 2.5h5.5L14 9l-5 5-7-6.5z')}<circle cx="5" cy="5.5" r="1" fill="currentColor"/>`,
  branch: `${line('M4.5 5v6m0-1.5c0-2.5 7-1 7-4')}<circle cx="4.5" cy="3.5" r="1.6" fill="currentColor"/><circle cx="4.5" cy="12.5" r="1.6" fill="currentColor"/><circle cx="11.5" cy="4" r="1.6" fill="currentColor"/>`,
  rocket: line(
    'M8 1.8c2.6 1.7 3.4 4.5 2.6 7.7H5.4C4.6 6.3 5.4 3.5 8 1.8zM5.3 8.5L3.5 11.5l2.2-.6m4.9-2.4l1.9 3-2.2-.6M8 12v2.2',
  ),
  bell: line('M3 12h10l-1.3-2V6.8a3.7 3.7 0 0 0-7.4 0V10zM6.8 14h2.4'),
  book: line('M3 2.5h8.5c.6 0 1 .4 1 1v10H4c-.6 0-1-.4-1-1zM3 12c0-.6.4-1 1-1h8.5'),
  play: `${ring}<path d="M6.6 5.2v5.6L11 8z" fill="currentColor"/>`,
  comment: line('M2 3h12v8.5H7.5L4.5 14v-2.5H2z'),
};

const coloured = new Set<IconName>([
  'success',
  'failure',
  'neutral',
  'skipped',
  'cancelled',
  'queued',
  'running',
  'attention',
]);

/** With `label` the icon stands for that word to who cannot see it; without, it is decoration. */
export const icon = (name: IconName, label?: string): Html => {
  const shape = trusted(drawings[name]);
  const tone = coloured.has(name) ? `icon tone-${name}` : 'icon';
  if (!label) return html`<svg class="${tone}" viewBox="0 0 16 16" aria-hidden="true">${shape}</svg>`;
  return html`<svg class="${tone}" viewBox="0 0 16 16" role="img" aria-label="${label}"><title>${label}</title>${shape}</svg>`;
};
