import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { predictionKind } from '../../domain/drift/column-kind.ts';
import { encodeLabel } from '../../domain/drift/encode-label.ts';
import { gridOf, makeProfile } from '../../domain/drift/make-profile.ts';
import type { ColumnProfile, ReferenceProfile } from '../../domain/drift/profile.ts';
import { AppError } from '../../domain/errors.ts';
import { servingFolder } from '../../domain/rollout/serving-folder.ts';
import type { Model } from '../../domain/spec/valid.ts';
import type { DriftSource, WindowObservation } from '../../ports/drift-source.ts';
import { flushServing } from './flush-serving.ts';
import { type CountedColumn, columnSql, columnsOf, profileColumns } from './profile-columns.ts';
import { createReadableFiles, parquetFiles } from './readable-files.ts';
import { fileList, type Session, withSession } from './session.ts';

const PREDICTION_COLUMNS = ['id', 'at', 'received_at', 'version', 'prediction'];
const LABEL_COLUMNS = ['id', 'label', 'at', 'received_at'];
const MAX_LABELLED = 200_000;
const DAY_MS = 86_400_000;

type Window = { from: number; to: number };

/** Reads what the local inference processes logged; `folder` is the root of the serving folders. */
export function createLocalDriftSource({ folder: root }: { folder: string }): DriftSource {
  const readable = createReadableFiles(path.resolve(root));
  const folderOf = (location: { repository: string; deployment: string }) =>
    path.resolve(servingFolder(root, location.repository, location.deployment));

  return {
    async extent(location) {
      const folder = folderOf(location);
      await flushServing(folder);
      const days = await listDays(folder);
      return withSession(async (session) => {
        const files = async (day: string) => {
          const there = await parquetFiles(path.join(folder, 'log', `dt=${day}`));
          return (await readable.check(session, there, PREDICTION_COLUMNS)).good;
        };
        const edge = async (order: string[], what: 'min' | 'max') => {
          for (const day of order) {
            const good = await files(day);
            if (good.length === 0) continue;
            const [row] = await session.query(
              `SELECT epoch_ms(${what}("at")) AS t FROM read_parquet(${fileList(good)})`,
            );
            if (row?.t !== null && row?.t !== undefined) return Number(row.t);
          }
          return undefined;
        };
        const first = await edge(days, 'min');
        const last = await edge([...days].reverse(), 'max');
        return first === undefined || last === undefined ? undefined : { first, last };
      });
    },

    async observe(location, window, reference, model) {
      const folder = folderOf(location);
      await flushServing(folder);
      try {
        return await observeOnce(folder, window, reference, model);
      } catch (error) {
        if (error instanceof AppError) throw error;
        // A file whose footer is sound may still be broken inside: find it, leave it out, read again.
        await withSession(async (session) => {
          await readable.checkDeeply(session, [
            ...(await filesOf(folder, window)),
            ...(await parquetFiles(path.join(folder, 'labels'))),
          ]);
        });
        return await observeOnce(folder, window, reference, model).catch((cause) => {
          throw new AppError('external/data', `Reading the log in ${folder}`, { cause });
        });
      }
    },
  };

  async function observeOnce(
    folder: string,
    window: Window,
    reference: ReferenceProfile,
    model: Model,
  ): Promise<WindowObservation> {
    return withSession(async (session) => {
      const predictions = await readable.check(session, await filesOf(folder, window), PREDICTION_COLUMNS);
      const labels = await readable.check(session, await parquetFiles(path.join(folder, 'labels')), LABEL_COLUMNS);
      const malformed = [...predictions.malformed, ...labels.malformed];
      if (predictions.good.length === 0) return { ...emptyWindow(window, reference), malformed };
      await session.connection.run(
        `CREATE TEMP VIEW win AS SELECT * FROM read_parquet(${fileList(predictions.good)}, union_by_name = true)
         WHERE "at" >= ${instant(window.from)} AND "at" < ${instant(window.to)}`,
      );
      const [{ n } = { n: 0 }] = await session.query('SELECT count(*) AS n FROM win');
      const versions = await session.query('SELECT DISTINCT version FROM win ORDER BY version');
      const profiles = await profileColumns(session, 'win', await countedColumns(session, reference, model));
      return {
        ...window,
        rows: Number(n),
        versions: versions.map((row) => String(row.version)),
        columns: profiles.slice(0, -1),
        prediction: profiles.at(-1)!,
        labelled: labels.good.length === 0 ? emptyLabelled() : await readLabelled(session, labels.good, window, model),
        malformed,
      };
    });
  }
}

/** The reference's columns that the log has (one that it lacks is for the judge to see), the prediction last. */
async function countedColumns(session: Session, reference: ReferenceProfile, model: Model): Promise<CountedColumn[]> {
  const there = await columnsOf(session, 'win');
  const inputs = reference.columns
    .filter(({ column }) => there.has(`in_${column}`))
    .map((profile) => ({ as: profile.column, sql: columnSql(`in_${profile.column}`), grid: gridOf(profile) }));
  const sql = predictionKind(model) === 'categorical' ? 'CAST(prediction AS BIGINT)' : 'prediction';
  return [...inputs, { as: reference.prediction.column, sql, grid: gridOf(reference.prediction) }];
}

async function readLabelled(
  session: Session,
  files: string[],
  window: Window,
  model: Model,
): Promise<WindowObservation['labelled']> {
  // Truth is not known before its prediction; a day of slack for senders who give the time of the event.
  const rows = await session.query(
    `SELECT p.prediction AS prediction, l.label AS label
     FROM (SELECT id, arg_max(prediction, received_at) AS prediction FROM win GROUP BY id) p
     JOIN (
       SELECT id, arg_max(label, received_at) AS label FROM read_parquet(${fileList(files)}, union_by_name = true)
       WHERE "at" >= ${instant(window.from - DAY_MS)} GROUP BY id
     ) l ON l.id = p.id
     ORDER BY hash(p.id), p.id LIMIT ${MAX_LABELLED}`,
  );
  const pairs = rows.flatMap((row) => {
    const label = encodeLabel(model, String(row.label));
    return label === undefined ? [] : [[Number(row.prediction), label] as const];
  });
  return {
    predictions: Float64Array.from(pairs, ([prediction]) => prediction),
    labels: Float64Array.from(pairs, ([, label]) => label),
  };
}

async function listDays(folder: string): Promise<string[]> {
  const entries = await readdir(path.join(folder, 'log')).catch(() => []);
  return entries
    .filter((entry) => /^dt=\d{4}-\d{2}-\d{2}$/.test(entry))
    .map((entry) => entry.slice(3))
    .sort();
}

async function filesOf(folder: string, window: Window): Promise<string[]> {
  const first = new Date(window.from).toISOString().slice(0, 10);
  const last = new Date(window.to - 1).toISOString().slice(0, 10);
  const days = (await listDays(folder)).filter((day) => day >= first && day <= last);
  return (await Promise.all(days.map((day) => parquetFiles(path.join(folder, 'log', `dt=${day}`))))).flat();
}

function emptyWindow(window: Window, reference: ReferenceProfile): Omit<WindowObservation, 'malformed'> {
  const none = (profile: ColumnProfile) => makeProfile(profile.column, [], gridOf(profile));
  return {
    ...window,
    rows: 0,
    versions: [],
    columns: reference.columns.map(none),
    prediction: none(reference.prediction),
    labelled: emptyLabelled(),
  };
}

function emptyLabelled(): WindowObservation['labelled'] {
  return { predictions: new Float64Array(0), labels: new Float64Array(0) };
}

function instant(ms: number): string {
  return `epoch_ms(CAST(${Math.trunc(ms)} AS BIGINT))`;
}
