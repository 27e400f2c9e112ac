import type { ExternalAlert } from '../../domain/drift/alert.ts';
import type { Block, Span, Table } from '../report/document.ts';
import { shortName, time } from './words.ts';

/** Alerts of the user's own Prometheus that are about this deployment; firing ones first. */
export function alertBlocks(alerts: readonly ExternalAlert[]): Block[] {
  if (alerts.length === 0) return [];
  const order = [...alerts].sort(
    (a, b) => Number(a.status === 'resolved') - Number(b.status === 'resolved') || b.startsAt - a.startsAt,
  );
  const table: Table = {
    kind: 'table',
    caption: 'Alerts of Prometheus',
    what: 'alert',
    columns: [
      { name: 'Alert', align: 'left' },
      { name: 'State', align: 'left' },
      { name: 'Since', align: 'left' },
      { name: 'What it says', align: 'left' },
    ],
    rows: order.map((alert) => [
      alertName(alert),
      alert.status === 'firing' ? '🔥 firing' : '✅ resolved',
      alert.endsAt !== undefined && alert.status === 'resolved'
        ? `${time(alert.startsAt)} to ${time(alert.endsAt)}`
        : time(alert.startsAt),
      { text: alertWords(alert), limit: 300 },
    ]),
  };
  return [table];
}

export function alertName({ name, url }: ExternalAlert): Span {
  return url === undefined ? { code: shortName(name) } : { link: shortName(name), to: url };
}

/** Not escaped. */
export function alertWords({ annotations, labels }: ExternalAlert): string {
  const said = annotations.summary ?? annotations.description ?? annotations.message ?? '';
  const severity = labels.severity === undefined ? '' : `${labels.severity}${said === '' ? '' : ': '}`;
  return `${severity}${said}`;
}
