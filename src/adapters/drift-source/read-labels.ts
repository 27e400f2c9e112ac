import { encodeLabel } from '../../domain/drift/encode-label.ts';
import type { Model } from '../../domain/spec/valid.ts';
import type { Span, WindowObservation } from '../../ports/drift-source.ts';
import type { KeptRows } from './cache/kept-rows.ts';
import type { LabelFiles, Place } from './files/open-place.ts';
import { pathColumns } from './files/path-span.ts';
import type { SourceFile } from './files/walk.ts';
import { outcomeSql } from './outcome-sql.ts';
import { isYoung, readFile, reasonOf } from './profile-files.ts';
import { eventTimeSql } from './rows/event-time.ts';
import { openRows } from './rows/open-rows.ts';
import { parquetColumns } from './rows/transcode.ts';
import { fileList, identifier, quote, type Session, withSession } from './session.ts';

type Labelled = WindowObservation['labelled'];
type Malformed = WindowObservation['malformed'];

const MAX_LABELLED = 200_000;
/** Of more answers than that, those whose ids have the smallest hashes are looked for among the labels. */
const MAX_ANSWERS = 2_000_000;
export const LABEL_SLACK_MS = 86_400_000;

export type LabelInput = {
  place: Place & { labels: LabelFiles };
  /** Files with rows of the window that can be read. */
  answers: SourceFile[];
  /** Files whose labels may be of the window's rows. */
  labels: SourceFile[];
  window: Span;
  model: Model;
  kept: KeptRows;
  /** Files of labels that were read to their end before, by location and stamp. */
  sound: Set<string>;
};

/**
 * Predictions of the window whose truth is known. Of several labels of a row the newest counts, by when it became known
 * and then by when it came; of several answers the one that came last. Labels that cannot be read are left out.
 */
export async function readLabels(input: LabelInput): Promise<{ labelled: Labelled; malformed: Malformed }> {
  const malformed: Malformed = [];
  if (input.answers.length === 0 || input.labels.length === 0) return { labelled: none(), malformed };
  const files = isDirect(input.place.labels)
    ? await readable(input.labels, input, malformed)
    : await kept(input.labels, input, malformed);
  if (files.length === 0) return { labelled: none(), malformed };
  return { labelled: await withSession((session) => join(session, files, input)), malformed };
}

/** Parquet of this machine gives single columns at once; of all else the few that are needed are kept. */
const isDirect = ({ store, format }: Place['files']): boolean => !store.remote && format === 'parquet';

async function join(session: Session, labels: string[], input: LabelInput): Promise<Labelled> {
  const { window, model, place } = input;
  const answers = isDirect(place.files) ? await answersOf(session, input) : await keptAnswers(input);
  await session.connection.run(
    `CREATE TEMP VIEW answers AS SELECT id, prediction, ord FROM (${answers})
     WHERE "at" >= ${instant(window.from)} AND "at" < ${instant(window.to)}`,
  );
  const [{ n } = { n: 0 }] = await session.query('SELECT count(*) AS n FROM answers');
  const share = MAX_ANSWERS / Math.max(1, Number(n));
  const some = share < 1 ? `WHERE hash(id) < CAST(${Math.floor(share * 2 ** 53)} AS UHUGEINT) * 2048` : '';
  const known = isDirect(place.labels)
    ? await labelsOf(session, labels, place)
    : `SELECT * FROM read_parquet(${fileList(labels)})`;
  const rows = await session.query(
    `WITH p AS (SELECT id, arg_max(prediction, ord) AS prediction FROM answers ${some} GROUP BY id)
     SELECT p.prediction AS prediction, l.label AS label FROM p JOIN (
       SELECT id, arg_max(label, (known_at, received_at)) AS label
       FROM (${known}) SEMI JOIN p USING (id)
       WHERE known_at IS NULL OR known_at >= ${instant(window.from - LABEL_SLACK_MS)} GROUP BY id
     ) l ON l.id = p.id
     ORDER BY hash(p.id), p.id LIMIT ${MAX_LABELLED}`,
  );
  const pairs = rows.flatMap((row) => {
    const label = encodeLabel(model, String(row.label));
    return label === undefined || row.prediction === null ? [] : [[Number(row.prediction), label] as const];
  });
  return {
    predictions: Float64Array.from(pairs, ([prediction]) => prediction),
    labels: Float64Array.from(pairs, ([, label]) => label),
  };
}

/** Local paths of the files that have the columns and can be read to their end. */
async function readable(files: SourceFile[], input: LabelInput, malformed: Malformed): Promise<string[]> {
  const { place, sound } = input;
  const paths: string[] = [];
  await withSession(async (session) => {
    for (const file of files) {
      try {
        const local = await place.labels.store.use(file, async (found) => {
          if (!sound.has(`${file.uri}\n${file.stamp}`)) {
            await session.query(`SELECT max(hash(t)) FROM (${await labelsOf(session, [found], place)}) t`);
          }
          return found;
        });
        if (sound.size > 100_000) sound.clear();
        sound.add(`${file.uri}\n${file.stamp}`);
        paths.push(local);
      } catch (error) {
        report(error, file, input.place, malformed);
      }
    }
  });
  return paths;
}

async function kept(files: SourceFile[], input: LabelInput, malformed: Malformed): Promise<string[]> {
  const { labels, mapping } = input.place;
  const { key, label, timestamp } = labels;
  const paths: string[] = [];
  for (const file of files) {
    const about = ['labels', file.uri, file.stamp, key, label, timestamp ?? '', mapping.timezone];
    const make = (target: string) =>
      readFile(file, labels, [key, label], async (session, parquet) => {
        const rows = await labelsOf(session, parquet, input.place);
        await session.connection.run(`COPY (${rows}) TO ${quote(target)} (FORMAT parquet)`);
      });
    try {
      paths.push(await input.kept.get(about, make));
      await labels.store.release(file);
    } catch (error) {
      report(error, file, input.place, malformed);
    }
  }
  return paths;
}

/** Our own logs have whole files only; of others a new one may be half written. */
function report(error: unknown, file: SourceFile, { labels, folder }: Place, malformed: Malformed): void {
  const reason = reasonOf(error);
  const unfinished = folder === undefined && labels?.store.remote === false && isYoung(file);
  if (reason !== undefined && !unfinished) malformed.push({ file: file.uri, reason });
}

/** SQL of id, label, known_at, received_at. */
async function labelsOf(
  session: Session,
  parquet: string[],
  { labels, mapping }: LabelInput['place'],
): Promise<string> {
  const { key, label, timestamp, received } = labels;
  const types = await parquetColumns(session, parquet, true);
  const missing = [key, label, ...(timestamp === undefined ? [] : [timestamp])].filter((name) => !types.has(name));
  if (missing.length > 0) throw new Error(`it has no column ${missing.join(', ')}`);
  const known = timestamp === undefined ? 'NULL' : eventTimeSql(timestamp, types.get(timestamp)!, mapping.timezone);
  const came = received !== undefined && types.has(received) ? identifier(received) : 'NULL';
  return `SELECT CAST(${identifier(key)} AS VARCHAR) AS id, ${textSql(label, types.get(label)!)} AS label,
      CAST(${known} AS TIMESTAMP) AS known_at, CAST(${came} AS TIMESTAMP) AS received_at
    FROM read_parquet(${fileList(parquet)}, hive_partitioning = false, union_by_name = true)
    WHERE ${identifier(key)} IS NOT NULL AND ${identifier(label)} IS NOT NULL`;
}

/** SQL of id, at, prediction and ord: what is later by it counts. */
async function answersOf(session: Session, input: LabelInput): Promise<string> {
  const { store } = input.place.files;
  const paths: string[] = [];
  for (const file of input.answers) await store.use(file, async (local) => void paths.push(local));
  return answersSql(session, paths, input.answers, input);
}

async function keptAnswers(input: LabelInput): Promise<string> {
  const { place, model } = input;
  const paths: string[] = [];
  for (const file of input.answers) {
    const key = [file.uri, file.stamp, JSON.stringify(place.mapping), JSON.stringify(model.signature.output)];
    const texts = [place.mapping.id, place.mapping.prediction].filter((name) => name !== undefined);
    const make = (target: string) =>
      readFile(file, place.files, texts, async (session, parquet) => {
        const rows = await answersSql(session, parquet, [file], input);
        await session.connection.run(`COPY (${rows}) TO ${quote(target)} (FORMAT parquet)`);
      });
    paths.push(await input.kept.get(['answers', ...key], make));
    await place.files.store.release(file);
  }
  return `SELECT * FROM read_parquet(${fileList(paths)})`;
}

async function answersSql(
  session: Session,
  parquet: string[],
  files: SourceFile[],
  { place, model }: LabelInput,
): Promise<string> {
  const about = {
    files: parquet,
    several: false,
    constants: files.length === 1 ? pathColumns(files[0]!.path) : new Map<string, string>(),
    writtenAt: Math.max(...files.map(({ modifiedAt }) => modifiedAt)),
    mixed: true,
  };
  const { relation, columns } = await openRows(session, about, place.mapping, model, []);
  const { prediction } = outcomeSql({ prediction: 'prediction' }, columns, model);
  if (!columns.has('id') || prediction === undefined) {
    return 'SELECT CAST(NULL AS VARCHAR) AS id, CAST(NULL AS TIMESTAMP) AS "at", 0.0::DOUBLE AS prediction, CAST(NULL AS TIMESTAMP) AS ord WHERE false';
  }
  const order = columns.has('received_at') ? 'CAST(received_at AS TIMESTAMP)' : '"at"';
  return `SELECT id, "at", CAST(${prediction} AS DOUBLE) AS prediction, ${order} AS ord FROM ${relation}
    WHERE "at" IS NOT NULL AND id IS NOT NULL AND ${prediction} IS NOT NULL`;
}

/** 1.0 is how some tools write the class 1 of a column that has gaps. */
function textSql(name: string, type: string): string {
  const column = identifier(name);
  if (!/^(FLOAT|DOUBLE|DECIMAL\(.*\))$/.test(type)) return `CAST(${column} AS VARCHAR)`;
  return `CASE WHEN ${column} = floor(${column}) AND abs(${column}) < 1e15
    THEN CAST(CAST(${column} AS BIGINT) AS VARCHAR) ELSE CAST(${column} AS VARCHAR) END`;
}

export function none(): Labelled {
  return { predictions: new Float64Array(0), labels: new Float64Array(0) };
}

function instant(ms: number): string {
  return `epoch_ms(CAST(${Math.trunc(ms)} AS BIGINT))`;
}
