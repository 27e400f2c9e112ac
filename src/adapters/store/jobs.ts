import { AppError } from '../../domain/errors.ts';
import type { Job } from '../../domain/jobs/job.ts';
import type { Jobs } from '../../ports/store.ts';
import { appendEvents, readEvents } from './job-events.ts';
import type { Sql } from './sql.ts';

type Row = { state: string };

const toJob = (row: Row): Job => JSON.parse(row.state) as Job;

/** The columns beside `state` repeat what is searched by. */
const columns = (job: Job): unknown[] => [
  job.id,
  job.key,
  job.repository,
  job.pull ?? null,
  job.status,
  job.createdAt,
  JSON.stringify(job),
];

export function createJobs(sql: Sql): Jobs {
  async function get(id: string): Promise<Job | undefined> {
    const [row] = await sql.query<Row>('select state from job where id = $1', [id]);
    return row && toJob(row);
  }

  return {
    async create(job) {
      const created = await sql.query(
        `insert into job (id, key, repository, pull, status, created_at, state) values ($1, $2, $3, $4, $5, $6, $7)
         on conflict do nothing returning id`,
        columns(job),
      );
      if (created.length === 1) return job;
      const [row] = await sql.query<Row>(
        `select state from job where id = $1 or (key = $2 and status in ('queued', 'running', 'succeeded'))
         order by (id = $1) desc limit 1`,
        [job.id, job.key],
      );
      // it was live when the insert met it and has failed since
      if (!row) throw new AppError('conflict/stale', `job ${job.key} ended while another one was created`);
      return toJob(row);
    },
    get,
    async list(filter) {
      const rows = await sql.query<Row>(
        `select state from job
         where ($1::text is null or repository = $1) and ($2::integer is null or pull = $2)
           and ($3::text is null or key = $3) and (not $4::boolean or status in ('queued', 'running'))
           and created_at >= $5 and ($6::text is null or starts_with(key, $6))
         order by created_at, id`,
        [
          filter.repository ?? null,
          filter.pull ?? null,
          filter.key ?? null,
          filter.unfinished ?? false,
          filter.since ?? 0,
          filter.keyPrefix ?? null,
        ],
      );
      return rows.map(toJob);
    },
    update: (id, change) =>
      sql.transaction(async (tx) => {
        const [row] = await tx.query<Row>('select state from job where id = $1 for update', [id]);
        if (!row) throw new AppError('conflict/not-found', `there is no job ${id}`);
        const job = toJob(row);
        const next = change(job);
        if (!next) return job;
        await tx.query(
          `update job set key = $2, repository = $3, pull = $4, status = $5, created_at = $6, state = $7
           where id = $1`,
          columns({ ...next, id }),
        );
        return next;
      }),
    appendEvents: (id, attempt, events) => sql.transaction((tx) => appendEvents(tx, id, attempt, events)),
    events: (id, filter) => readEvents(sql, id, filter),
  };
}
