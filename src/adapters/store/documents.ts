import { AppError } from '../../domain/errors.ts';
import type { Documents, Stored } from '../../ports/store.ts';
import type { Sql } from './sql.ts';

type Row = { id: string; revision: number; value: string };

const toStored = <T>(row: Row): Stored<T> => ({
  id: row.id,
  revision: row.revision,
  value: JSON.parse(row.value) as T,
});

export function createDocuments(sql: Sql): Documents {
  return {
    async get<T>(collection: string, id: string) {
      const [row] = await sql.query<Row>('select id, revision, value from document where collection = $1 and id = $2', [
        collection,
        id,
      ]);
      return row && toStored<T>(row);
    },
    async put(collection, id, value, revision) {
      const rows =
        revision === 0
          ? await sql.query(
              `insert into document (collection, id, revision, value) values ($1, $2, 1, $3)
               on conflict do nothing returning id`,
              [collection, id, JSON.stringify(value)],
            )
          : await sql.query(
              `update document set value = $3, revision = revision + 1
               where collection = $1 and id = $2 and revision = $4 returning id`,
              [collection, id, JSON.stringify(value), revision],
            );
      if (rows.length === 0) {
        throw new AppError('conflict/stale', `${collection} ${id} is not at revision ${revision} any more`);
      }
      return revision + 1;
    },
    async list<T>(collection: string, idPrefix: string) {
      const rows = await sql.query<Row>(
        `select id, revision, value from document
         where collection = $1 and id >= $2 and starts_with(id, $2) order by id`,
        [collection, idPrefix],
      );
      return rows.map((row) => toStored<T>(row));
    },
    async remove(collection, id) {
      await sql.query('delete from document where collection = $1 and id = $2', [collection, id]);
    },
  };
}
