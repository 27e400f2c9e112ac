import path from 'node:path';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import type { LogParts } from '../../ports/observations.ts';
import { LABELS, PREDICTIONS } from './log-shapes.ts';
import { identifier, writeParts } from './write-parts.ts';

/** One at a time: whoever has rows written waits for those before. The database starts when it is first needed. */
export function createLogParts(): LogParts {
  let database: Promise<{ instance: DuckDBInstance; connection: DuckDBConnection }> | undefined;
  let last: Promise<unknown> = Promise.resolve();
  return {
    write({ kind, file, name, inputs, days, folder }) {
      const run = last.then(async () => {
        database ??= openDatabase();
        const { connection } = await database;
        const shape = kind === 'predictions' ? PREDICTIONS : LABELS;
        const target = path.join(folder, kind === 'predictions' ? 'log' : 'labels');
        const partitions = kind === 'predictions' ? Array.from(days, (day) => `dt=${day}`) : [''];
        const columns = Object.entries(inputs).map(([column, type]) => ({ column: identifier(column), type }));
        const struct = `STRUCT(${columns.map(({ column, type }) => `${column} ${type}`).join(', ')})`;
        const types = { ...shape.types, ...(columns.length > 0 && { inputs: struct }) };
        const extra = Object.keys(inputs).map(
          (column) => `inputs.${identifier(column)} AS ${identifier(`in_${column}`)}`,
        );
        const only = { column: 'kind', value: kind };
        await writeParts(connection, { file, name, types, extra, partitions, only }, target, shape);
      });
      last = run.catch(() => undefined);
      return run;
    },
    async close() {
      await last;
      if (database === undefined) return;
      const { connection, instance } = await database;
      connection.closeSync();
      instance.closeSync();
    },
  };
}

async function openDatabase() {
  // One thread and little memory: the requests that are being answered come first.
  const instance = await DuckDBInstance.create(':memory:', { threads: '1', memory_limit: '512MB' });
  return { instance, connection: await instance.connect() };
}
