import type { Span } from '../../ports/drift-source.ts';
import type { Edges, KnownSpans } from './cache/known-spans.ts';
import type { Place } from './files/open-place.ts';
import { pathColumns } from './files/path-span.ts';
import type { SourceFile } from './files/walk.ts';
import { isPassing, isYoung, readFile, reasonOf } from './profile-files.ts';
import { openRows } from './rows/open-rows.ts';
import { type Session, withSession } from './session.ts';

const TOGETHER = 500;

/**
 * Event times of the first and the last row. Where folders name days, only those of the first and the last days with
 * rows are opened; a file whose path says nothing is looked into once.
 */
export async function findExtent(
  place: Place,
  spans: KnownSpans,
): Promise<{ first: number; last: number } | undefined> {
  const dated = await place.files.days();
  const undated = dated.undated.length > 0 ? await edgesOf(dated.undated, place, spans) : [];
  const first = await edge(dated.days, place, spans, (edges) => minOf(edges.map((one) => one.first)));
  const last = await edge([...dated.days].reverse(), place, spans, (edges) => maxOf(edges.map((one) => one.last)));
  await spans.save();
  const firsts = [...undated.map((one) => one.first), ...(first === undefined ? [] : [first])];
  const lasts = [...undated.map((one) => one.last), ...(last === undefined ? [] : [last])];
  if (firsts.length === 0 || lasts.length === 0) return undefined;
  return { first: minOf(firsts), last: maxOf(lasts) };
}

type Known = { first: number; last: number };

async function edge(
  days: Span[],
  place: Place,
  spans: KnownSpans,
  choose: (edges: Known[]) => number,
): Promise<number | undefined> {
  for (const day of days) {
    const { files } = await place.files.list(day);
    const its = files.filter(({ span }) => span !== undefined && span.from < day.to && span.to > day.from);
    const edges = await edgesOf(its, place, spans);
    if (edges.length > 0) return choose(edges);
  }
  return undefined;
}

async function edgesOf(files: SourceFile[], place: Place, spans: KnownSpans): Promise<Known[]> {
  const unknown = files.filter((file) => spans.get(file) === undefined);
  const isDirect = !place.files.store.remote && place.files.format === 'parquet';
  const size = isDirect ? TOGETHER : 1;
  for (let start = 0; start < unknown.length; start += size) {
    await lookInto(unknown.slice(start, start + size), place, spans);
  }
  return files.flatMap((file) => spans.get(file) ?? []);
}

async function lookInto(files: SourceFile[], place: Place, spans: KnownSpans): Promise<void> {
  if (files.length > 1) {
    try {
      const found = await lookTogether(files, place);
      for (const [file, edges] of found) spans.set(file, edges);
    } catch (error) {
      reasonOf(error);
      for (const file of files) await lookInto([file], place, spans);
    }
    return;
  }
  for (const file of files) {
    try {
      const wanted = { columns: [place.mapping.timestamp], texts: [] };
      const found = await readFile(file, place.files, wanted, (session, parquet) =>
        edgesIn(session, parquet, file, place),
      );
      const edges = [...found.values()].flatMap((one) => one ?? []);
      const some = edges.length > 0;
      spans.set(
        file,
        some ? { first: minOf(edges.map((one) => one.first)), last: maxOf(edges.map((one) => one.last)) } : null,
      );
    } catch (error) {
      // What is wrong with it is said when it is profiled.
      if (reasonOf(error) !== undefined && !isYoung(file) && !isPassing(error)) spans.set(file, null);
    }
  }
}

async function lookTogether(files: SourceFile[], place: Place): Promise<[SourceFile, Edges][]> {
  const locals: string[] = [];
  for (const file of files) await place.files.store.use(file, async (local) => void locals.push(local));
  const groups = new Map<string, number[]>();
  for (const [i, file] of files.entries()) {
    const constants = JSON.stringify([...pathColumns(file.path)]);
    groups.set(constants, [...(groups.get(constants) ?? []), i]);
  }
  return withSession(async (session) => {
    const edges: [SourceFile, Edges][] = [];
    for (const group of groups.values()) {
      const newest = group.map((i) => files[i]!).reduce((a, b) => (a.modifiedAt > b.modifiedAt ? a : b));
      const parquet = group.map((i) => locals[i]!);
      const found = await edgesIn(session, parquet, newest, place);
      edges.push(...group.map((i): [SourceFile, Edges] => [files[i]!, found.get(locals[i]!) ?? null]));
    }
    return edges;
  });
}

/** By Parquet file. */
async function edgesIn(
  session: Session,
  parquet: string[],
  { path, modifiedAt }: SourceFile,
  { mapping }: Place,
): Promise<Map<string, Edges>> {
  const about = { files: parquet, several: false, constants: pathColumns(path), writtenAt: modifiedAt, mixed: true };
  const { relation } = await openRows(session, about, mapping, ANY_MODEL, []);
  const rows = await session.query(
    `SELECT source_file AS f, CAST(epoch_ms(min("at")) AS DOUBLE) AS first, CAST(epoch_ms(max("at")) AS DOUBLE) AS last
     FROM ${relation} GROUP BY f`,
  );
  return new Map(
    rows.map(({ f, first, last }) => [String(f), first === null ? null : { first: Number(first), last: Number(last) }]),
  );
}

/** Times are the same whatever the model. */
const ANY_MODEL = { signature: { inputs: [], output: { name: 'output' } } };

const minOf = (values: number[]): number => values.reduce((a, b) => Math.min(a, b));
const maxOf = (values: number[]): number => values.reduce((a, b) => Math.max(a, b));
