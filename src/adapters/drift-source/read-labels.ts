import { encodeLabel } from '../../domain/drift/encode-label.ts';
import type { Model } from '../../domain/spec/valid.ts';
import type { Span, WindowObservation } from '../../ports/drift-source.ts';
import type { KeptRows } from './cache/kept-rows.ts';
import type { LabelFiles, Place } from './files/open-place.ts';
import { pathColumns } from './files/path-span.ts';
import type { SourceFile } from './files/walk.ts';
import { type LabelFile, labelFile, labelRows } from './label-rows.ts';
import { outcomeSql } from './outcome-sql.ts';
import { isYoung, readFile, reasonOf } from './profile-files.ts';
import { openRows } from './rows/open-rows.ts';
import { mappedColumns } from './rows/source-rows.ts';
import { parquetColumns } from './rows/transcode.ts';
import { fileList, quote, type Session, withSession } from './session.ts';

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
  /** Columns with their types of files of labels that were read to their end before, by location and stamp. */
  sound: Map<string, Map<string, string>>;
};

/**
 * Predictions of the window whose truth is known. Of several labels of a row the newest counts, by when it became known
 * then by when it came, then by when its file was written, then by its place in it; of several answers the one that came last. Labels that cannot be read are left out.
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

async function join(session: Session, labels: Found[], input: LabelInput): Promise<Labelled> {
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
    ? await labelRows(session, labels, place.labels, place.mapping.timezone)
    : `SELECT * EXCLUDE (file), part AS file FROM read_parquet(${fileList(labels.map(({ local }) => local))}, filename = 'part')`;
  await storePlaces(session, labels);
  const rows = await session.query(
    `WITH p AS (SELECT id, arg_max(prediction, ord) AS prediction FROM answers ${some} GROUP BY id)
     SELECT p.prediction AS prediction, l.label AS label FROM p JOIN (
       SELECT id, arg_max(label, (coalesce(known_at, ${NEVER}), coalesce(received_at, ${NEVER}), place, row)) AS label
       FROM (${known}) SEMI JOIN p USING (id) JOIN label_places USING (file)
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

type Found = LabelFile & { file: SourceFile };

/** Before all others: nobody said when. */
const NEVER = "TIMESTAMP '-infinity'";

/** Files in the order in which they were written. */
async function storePlaces(session: Session, labels: Found[]): Promise<void> {
  await session.connection.run('CREATE TEMP TABLE label_places (file VARCHAR, place INTEGER)');
  const appender = await session.connection.createAppender('label_places');
  const ordered = [...labels].sort(
    (a, b) => a.file.modifiedAt - b.file.modifiedAt || (a.file.path < b.file.path ? -1 : 1),
  );
  for (const [place, { local }] of ordered.entries()) {
    appender.appendVarchar(local);
    appender.appendInteger(place);
    appender.endRow();
  }
  appender.closeSync();
}

/** Local paths of the files that have the columns and can be read to their end. */
async function readable(files: SourceFile[], input: LabelInput, malformed: Malformed): Promise<Found[]> {
  const { place, sound } = input;
  const { timezone } = place.mapping;
  const all: Found[] = [];
  await withSession(async (session) => {
    for (const file of files) {
      try {
        const known = `${file.uri}\n${file.stamp}`;
        const found = await place.labels.store.use(file, async (local) => {
          const types = sound.get(known);
          if (types) return { local, types };
          const one = await labelFile(session, local, place.labels);
          const rows = await labelRows(session, [one], place.labels, timezone);
          await session.query(`SELECT max(hash(t)) FROM (${rows}) t`);
          return one;
        });
        if (sound.size > 100_000) sound.clear();
        sound.set(known, found.types);
        all.push({ ...found, file });
      } catch (error) {
        report(error, file, input.place, malformed);
      }
    }
  });
  return all;
}

async function kept(files: SourceFile[], input: LabelInput, malformed: Malformed): Promise<Found[]> {
  const { labels, mapping } = input.place;
  const { key, label, timestamp } = labels;
  const columns = [key, label, timestamp, labels.received].filter((name) => name !== undefined);
  const wanted = { columns, texts: [key, label] };
  const all: Found[] = [];
  for (const file of files) {
    const about = ['labels in order', file.uri, file.stamp, key, label, timestamp ?? '', mapping.timezone];
    const make = (target: string) =>
      readFile(file, labels, wanted, async (session, parquet) => {
        const parts = [];
        for (const part of parquet) parts.push(await labelFile(session, part, labels));
        const rows = await labelRows(session, parts, labels, mapping.timezone);
        const order = 'CAST(row_number() OVER (ORDER BY length(file), file, row) AS BIGINT)';
        const numbered = parts.length > 1 ? `SELECT * REPLACE (${order} AS row) FROM (${rows})` : rows;
        await session.connection.run(`COPY (${numbered}) TO ${quote(target)} (FORMAT parquet)`);
      });
    try {
      all.push({ local: await input.kept.get(about, make), types: new Map(), file });
      await labels.store.release(file);
    } catch (error) {
      report(error, file, input.place, malformed);
    }
  }
  return all;
}

/** Our own logs have whole files only; of others a new one may be half written. */
function report(error: unknown, file: SourceFile, { labels, folder }: Place, malformed: Malformed): void {
  const reason = reasonOf(error);
  const unfinished = folder === undefined && labels?.store.remote === false && isYoung(file);
  if (reason !== undefined && !unfinished) malformed.push({ file: file.uri, reason });
}

/** SQL of id, at, prediction and ord: what is later by it counts. */
async function answersOf(session: Session, input: LabelInput): Promise<string> {
  const { store } = input.place.files;
  const groups = new Map<string, { paths: string[]; files: SourceFile[] }>();
  for (const file of input.answers) {
    const local = await store.use(file, async (found) => found);
    const schema = JSON.stringify([...(await parquetColumns(session, [local])), null, ...pathColumns(file.path)]);
    const group = groups.get(schema) ?? { paths: [], files: [] };
    group.paths.push(local);
    group.files.push(file);
    groups.set(schema, group);
  }
  const parts: string[] = [];
  for (const { paths, files } of groups.values()) {
    parts.push(await answersSql(session, paths, files, input, `answers_${parts.length}`));
  }
  return parts.join('\nUNION ALL\n');
}

async function keptAnswers(input: LabelInput): Promise<string> {
  const { place, model } = input;
  const paths: string[] = [];
  for (const file of input.answers) {
    const key = [file.uri, file.stamp, JSON.stringify(place.mapping), JSON.stringify(model.signature.output)];
    const texts = [place.mapping.id, place.mapping.prediction].filter((name) => name !== undefined);
    const make = (target: string) =>
      readFile(file, place.files, { columns: mappedColumns(place.mapping), texts }, async (session, parquet) => {
        const rows = await answersSql(session, parquet, [file], input);
        await session.connection.run(`COPY (${rows}) TO ${quote(target)} (FORMAT parquet)`);
      });
    paths.push(await input.kept.get(['answers', ...key], make));
    await place.files.store.release(file);
  }
  return `SELECT * FROM read_parquet(${fileList(paths)})`;
}

/** Of files with the same columns, in their paths too. */
async function answersSql(
  session: Session,
  parquet: string[],
  files: SourceFile[],
  { place, model }: LabelInput,
  name = 'answers_of_file',
): Promise<string> {
  const about = {
    files: parquet,
    several: false,
    constants: pathColumns(files[0]!.path),
    writtenAt: Math.max(...files.map(({ modifiedAt }) => modifiedAt)),
    mixed: true,
    name,
  };
  const { relation, columns } = await openRows(session, about, place.mapping, model, []);
  const { prediction } = outcomeSql({ prediction: 'prediction' }, columns, model);
  if (!columns.has('id') || prediction === undefined) {
    return 'SELECT CAST(NULL AS VARCHAR) AS id, CAST(NULL AS TIMESTAMP) AS "at", 0.0::DOUBLE AS prediction, CAST(NULL AS TIMESTAMP) AS ord WHERE false';
  }
  const order = columns.has('received_at') ? 'coalesce(CAST(received_at AS TIMESTAMP), "at")' : '"at"';
  return `SELECT id, "at", CAST(${prediction} AS DOUBLE) AS prediction, ${order} AS ord FROM ${relation}
    WHERE "at" IS NOT NULL AND id IS NOT NULL AND ${prediction} IS NOT NULL`;
}

export function none(): Labelled {
  return { predictions: new Float64Array(0), labels: new Float64Array(0) };
}

function instant(ms: number): string {
  return `epoch_ms(CAST(${Math.trunc(ms)} AS BIGINT))`;
}
