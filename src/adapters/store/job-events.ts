import { AppError } from '../../domain/errors.ts';
import type { JobEvent } from '../../domain/jobs/job.ts';
import type { Jobs } from '../../ports/store.ts';
import type { Sql } from './sql.ts';

/** Inside a transaction: the job's row is locked, so that two appends of one attempt cannot pass each other. */
export async function appendEvents(sql: Sql, id: string, attempt: number, events: JobEvent[]): Promise<number> {
  const jobs = await sql.query('select id from job where id = $1 for update', [id]);
  if (jobs.length === 0) throw new AppError('conflict/not-found', `there is no job ${id}`);
  const [row] = await sql.query<{ stored: number | null }>(
    'select max(seq) as stored from job_event where job_id = $1 and attempt = $2',
    [id, attempt],
  );
  const stored = row?.stored ?? 0;
  const fresh = events.filter(({ seq }) => seq > stored).sort((a, b) => a.seq - b.seq);
  fresh.forEach(({ seq }, index) => {
    if (seq !== stored + index + 1) {
      throw new AppError(
        'conflict/stale',
        `event ${stored + index + 1} of attempt ${attempt} is missing before ${seq}`,
      );
    }
  });
  if (fresh.length === 0) return stored;
  await sql.query(
    `insert into job_event (job_id, attempt, seq, kind, value)
     select $1::text, $2::integer, seq, kind, value from json_to_recordset($3::json) as event (seq integer, kind text, value text)`,
    [
      id,
      attempt,
      JSON.stringify(fresh.map((event) => ({ seq: event.seq, kind: event.kind, value: JSON.stringify(event) }))),
    ],
  );
  return stored + fresh.length;
}

export async function readEvents(sql: Sql, id: string, filter: Parameters<Jobs['events']>[1]): Promise<JobEvent[]> {
  const rows = await sql.query<{ attempt: number; value: string }>(
    `select attempt, value from (
       select attempt, seq, value from job_event
       where job_id = $1 and ($2::text is null or kind = $2) and (attempt, seq) > ($3::integer, $4::integer)
       order by attempt desc, seq desc limit $5
     ) newest order by attempt, seq`,
    [id, filter.kind ?? null, filter.after?.attempt ?? 0, filter.after?.seq ?? 0, filter.last ?? null],
  );
  return rows.map((row) => ({ ...(JSON.parse(row.value) as JobEvent), attempt: row.attempt }));
}
