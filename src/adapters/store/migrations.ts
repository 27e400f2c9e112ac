export type Migration = { version: number; statements: string[] };

/**
 * Applied in order, each once, never edited after a release. Values are kept as text, not jsonb: jsonb refuses \u0000
 * and changes the order of keys, and nothing here is searched by content.
 */
export const MIGRATIONS: Migration[] = [
  {
    version: 1,
    statements: [
      `create table inbox (
        guid text collate "C" primary key,
        event text not null,
        payload text not null,
        received_at bigint not null,
        handled_at bigint,
        error text
      )`,
      'create index inbox_pending on inbox (received_at, guid) where handled_at is null',
      'create index inbox_received on inbox (received_at)',
      // due_at is null while a worker is on the key and nobody asked for another look
      `create table work (
        key text collate "C" primary key,
        due_at bigint,
        lease_token text,
        lease_until bigint,
        attempt integer not null default 0
      )`,
      'create index work_waiting on work (due_at) where lease_until is null',
      'create index work_leased on work (lease_until) where lease_until is not null',
      `create table document (
        collection text collate "C" not null,
        id text collate "C" not null,
        revision integer not null,
        value text not null,
        primary key (collection, id)
      )`,
      `create table job (
        id text collate "C" primary key,
        key text collate "C" not null,
        repository text not null,
        pull integer,
        status text not null,
        created_at bigint not null,
        state text not null
      )`,
      // one live job a key, also when two replicas want it at the same moment
      `create unique index job_one_live on job (key) where status in ('queued', 'running', 'succeeded')`,
      'create index job_pull on job (repository, pull)',
      `create index job_unfinished on job (created_at) where status in ('queued', 'running')`,
      `create table job_event (
        job_id text collate "C" not null references job (id) on delete cascade,
        attempt integer not null,
        seq integer not null,
        kind text not null,
        value text not null,
        primary key (job_id, attempt, seq)
      )`,
    ],
  },
];
