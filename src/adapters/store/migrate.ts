import { AppError } from '../../domain/errors.ts';
import { MIGRATIONS } from './migrations.ts';
import type { Sql } from './sql.ts';

/** An arbitrary constant, the same in every replica. */
const LOCK = 7_158_233;

/** Brings the schema up to date. Replicas that start together wait for each other. */
export async function migrate(sql: Sql, now: number): Promise<void> {
  await sql.transaction(async (tx) => {
    await tx.query('select pg_advisory_xact_lock($1)', [LOCK]);
    await tx.query(
      'create table if not exists schema_migration (version integer primary key, applied_at bigint not null)',
    );
    const rows = await tx.query<{ version: number }>('select version from schema_migration');
    const applied = new Set(rows.map(({ version }) => version));
    const newest = MIGRATIONS.at(-1)?.version ?? 0;
    const unknown = [...applied].find((version) => version > newest);
    if (unknown !== undefined) {
      throw new AppError(
        'config/environment',
        `The database has schema ${unknown}, this version of Sluice knows up to ${newest}: start the newer version`,
      );
    }
    for (const { version, statements } of MIGRATIONS.filter((migration) => !applied.has(migration.version))) {
      for (const statement of statements) await tx.query(statement);
      await tx.query('insert into schema_migration (version, applied_at) values ($1, $2)', [version, now]);
    }
  });
}
