import type { Delivery, Inbox } from '../../ports/store.ts';
import type { Sql } from './sql.ts';

type Row = { guid: string; event: string; payload: string; received_at: number };

const toDelivery = (row: Row): Delivery => ({
  guid: row.guid,
  event: row.event,
  payload: JSON.parse(row.payload),
  receivedAt: row.received_at,
});

export function createInbox(sql: Sql, now: () => number): Inbox {
  return {
    async receive(delivery) {
      const rows = await sql.query(
        `insert into inbox (guid, event, payload, received_at) values ($1, $2, $3, $4)
         on conflict (guid) do nothing returning guid`,
        [delivery.guid, delivery.event, JSON.stringify(delivery.payload ?? null), delivery.receivedAt],
      );
      return rows.length === 1 ? 'new' : 'known';
    },
    async pending(limit) {
      const rows = await sql.query<Row>(
        `select guid, event, payload, received_at from inbox
         where handled_at is null order by received_at, guid limit $1`,
        [limit],
      );
      return rows.map(toDelivery);
    },
    async handled(guid, error) {
      await sql.query('update inbox set handled_at = $2, error = $3 where guid = $1', [guid, now(), error ?? null]);
    },
    async newest() {
      const [row] = await sql.query<{ newest: number | null }>('select max(received_at) as newest from inbox');
      return row?.newest ?? undefined;
    },
    async known(guids) {
      const rows = await sql.query<{ guid: string }>(
        'select guid from inbox where guid in (select value from json_array_elements_text($1::json))',
        [JSON.stringify(guids)],
      );
      return new Set(rows.map(({ guid }) => guid));
    },
    async prune(before) {
      const rows = await sql.query(
        'delete from inbox where handled_at is not null and received_at < $1 returning guid',
        [before],
      );
      return rows.length;
    },
  };
}
