import { coarsen } from '../../domain/drift/coarsen.ts';
import { inputKind } from '../../domain/drift/column-kind.ts';
import { gridOf } from '../../domain/drift/make-profile.ts';
import { meanLosses } from '../../domain/drift/mean-losses.ts';
import { mergeProfiles } from '../../domain/drift/merge-columns.ts';
import { numberCells } from '../../domain/drift/number-cells.ts';
import { overDispersion } from '../../domain/drift/over-dispersion.ts';
import type { ColumnProfile, Measure, ReferenceColumn, ReferenceProfile } from '../../domain/drift/profile.ts';
import { type RowLosses, rowLosses } from '../../domain/drift/row-losses.ts';
import { AppError } from '../../domain/errors.ts';
import type { ReferenceMaker } from '../../ports/drift-source.ts';
import { cellsByRow } from './cells-by-row.ts';
import { type CountedColumn, countColumns, describeColumns } from './count-columns.ts';
import { RECONSTRUCTION, VECTOR_COMPONENTS } from './derived-names.ts';
import type { NamedColumns } from './measure-sql.ts';
import { fitComponents, fitReconstruction, half } from './reference-components.ts';
import { layGrids, type MeasuredColumn, numberedFile } from './reference-grids.ts';
import { referenceGroups } from './reference-groups.ts';
import { calibrationOf, type Outcomes, outcomeColumns, outcomesOf } from './reference-outcomes.ts';
import {
  BLOCKS,
  blockSeconds,
  blockSql,
  groupKeys,
  lasting,
  rowFacts,
  secondsOf,
  timeColumn,
} from './reference-rows.ts';
import { withSeasons } from './season-of-blocks.ts';
import { type Session, withSession } from './session.ts';

type Asked = Parameters<ReferenceMaker>[0];
type Train = {
  session: Session;
  relation: string;
  rows: number;
  named: NamedColumns;
  block: string;
  /** That a block lasts on the average, where rows have times. */
  seconds: number | undefined;
  /** Coarse profiles of the inputs by block, by column; filled as they are counted. */
  parts: Map<string, ColumnProfile[]>;
};

const COLUMNS_AT_ONCE = 5;

/** AppError config/data-invalid when the training split lacks an input. */
export const makeReference: ReferenceMaker = (asked) =>
  withSession(async (session) => {
    const { model, dataset, labels, promised } = asked;
    const train = await openTrain(session, asked);
    const { columns, counted } = await inputColumns(train, asked);
    const holdout = await openFile(session, asked.holdoutFile);
    const time = timeColumn(dataset, train.named);
    const keys = await groupKeys(session, train.relation, time, model, dataset.columns, train.named);
    const facts = await rowFacts(session, holdout.relation, timeColumn(dataset, holdout.named), keys, holdout.named);
    const places = asked.places ?? Int32Array.from(labels.keys());
    const outcomes = outcomesOf(model, asked.predictions, labels.length);
    const losses = rowLosses(model, asked.predictions, labels, model.evaluate.threshold);
    const outputs = withErrors(
      outcomeColumns(model, outcomes, inTime(places, facts.times), secondsOf(facts.times)),
      outcomes,
      losses,
    );
    const calibration = calibrationOf(model, outcomes, labels);
    const groups = await referenceGroups({ ...train, time, keys, columns, counted, outputs, outcomes, places, facts });
    const seasonal = await withSeasons(columns, train.parts, groups, { ...train, time });
    return {
      version: 2,
      rows: train.rows,
      columns:
        losses === undefined ? seasonal : await withLosses(session, holdout, seasonal, counted, losses.values, places),
      ...outputs,
      groups,
      promised,
      ...(calibration === undefined ? {} : { calibration }),
      ...(losses === undefined ? {} : { loss: losses.loss }),
    } satisfies ReferenceProfile;
  });

async function openFile(
  session: Session,
  file: string,
): Promise<Omit<Train, 'session' | 'block' | 'seconds' | 'parts'>> {
  const relation = numberedFile(file);
  try {
    const types = await describeColumns(session, relation);
    const [row] = await session.query(`SELECT CAST(count(*) AS DOUBLE) AS n FROM ${relation}`);
    return { relation, rows: Number(row?.n), named: { nameOf: (column) => column, types } };
  } catch (cause) {
    throw new AppError('config/data-invalid', `Reading ${file}`, { cause });
  }
}

async function openTrain(session: Session, { trainFile, model, dataset }: Asked): Promise<Train> {
  const { relation, rows, named } = await openFile(session, trainFile);
  const missing = model.signature.inputs.find(({ column }) => !named.types.has(column));
  if (missing) throw new AppError('config/data-invalid', `${trainFile} has no column ${missing.column}`);
  const time = timeColumn(dataset, named);
  const block = await blockSql(session, relation, rows, time);
  return {
    session,
    relation,
    rows,
    named,
    block,
    seconds: await blockSeconds(session, relation, time),
    parts: new Map(),
  };
}

async function inputColumns(
  train: Train,
  asked: Asked,
): Promise<{ columns: ReferenceColumn[]; counted: CountedColumn[] }> {
  const { session, relation, rows, named } = train;
  const measured = await measuredColumns(train, asked);
  const laid = await layGrids(session, relation, rows, measured, named);
  const columns = await profileBlocks(train, relation, laid);
  const numbers = laid.flatMap(({ measure, grid }) =>
    measure.of === 'value' && grid.kind === 'numeric' ? [measure.column] : [],
  );
  const reconstruction = await fitReconstruction(session, relation, rows, numbers, named);
  if (reconstruction === undefined) return { columns, counted: laid };
  const other = half(relation, 1);
  const one: MeasuredColumn = { as: RECONSTRUCTION, measure: reconstruction, kind: 'numeric' };
  const its = await layGrids(session, other, rows, [one], named);
  return { columns: [...columns, ...(await profileBlocks(train, other, its))], counted: [...laid, ...its] };
}

/** How each input is watched, in the order of the signature. */
async function measuredColumns(
  { session, relation, rows, named }: Train,
  { model, dataset }: Asked,
): Promise<MeasuredColumn[]> {
  const found: MeasuredColumn[] = [];
  for (const input of new Map(model.signature.inputs.map((one) => [one.column, one])).values()) {
    const { column, type, shape } = input;
    const declared = dataset.columns.find(({ name }) => name === column);
    const add = (suffix: string, measure: Measure, kind: MeasuredColumn['kind']) =>
      found.push({ as: `${column}${suffix}`, measure, kind });
    if (shape !== undefined) {
      add('.norm', { of: 'norm', column }, 'numeric');
      const flat = shape.filter((size) => size !== 1).length === 1;
      const components = flat ? await fitComponents(session, relation, rows, column, named, VECTOR_COMPONENTS) : [];
      for (const [k, measure] of components.entries()) add(`.pc${k + 1}`, measure, 'numeric');
    } else if (type === 'string' && (declared?.type === 'text' || declared?.pii === true)) {
      add('.length', { of: 'length', column }, 'numeric');
      // What people wrote about people is not to be read in a profile.
      if (!declared.pii) add('.words', { of: 'words', column }, 'categorical');
    } else add('', { of: 'value', column }, inputKind(type));
  }
  return found;
}

/** Some columns at a time: blocks of all of them are more than is kept of them. */
async function profileBlocks(
  { session, rows, block, seconds, parts: kept }: Train,
  relation: string,
  laid: (CountedColumn & { measure: Measure })[],
): Promise<ReferenceColumn[]> {
  const columns: ReferenceColumn[] = [];
  for (let first = 0; first < laid.length; first += COLUMNS_AT_ONCE) {
    const some = laid.slice(first, first + COLUMNS_AT_ONCE);
    const counted = await countColumns(session, relation, some, { by: block, rows });
    const blocks = Array.from({ length: BLOCKS }, (_, number) => counted(number));
    for (const [place, { as, measure }] of some.entries()) {
      const parts = blocks.map((profiles) => profiles[place]!);
      kept.set(as, parts.map(coarsen));
      columns.push({ ...mergeProfiles(parts), measure, overDispersion: lasting(overDispersion(parts), seconds) });
    }
  }
  return columns;
}

/** Of a regression its errors by prediction: what estimates of its performance rest on. */
function withErrors(
  outputs: ReturnType<typeof outcomeColumns>,
  { prediction }: Outcomes,
  losses: RowLosses | undefined,
): ReturnType<typeof outcomeColumns> {
  const grid = gridOf(outputs.prediction);
  if (losses?.loss !== 'squared_error' || grid.kind !== 'numeric') return outputs;
  const errors = meanLosses(numberCells(prediction, grid), losses.values);
  return { ...outputs, prediction: { ...outputs.prediction, losses: errors } };
}

/** Rows of the predictions as time went by; those without a time last. */
function inTime(places: Int32Array, times: number[] | undefined): Uint32Array {
  const rows = Uint32Array.from(places.keys());
  if (times === undefined) return rows;
  const at = (row: number) => {
    const time = times[places[row] as number] as number;
    return Number.isNaN(time) ? Number.POSITIVE_INFINITY : time;
  };
  return rows.sort((a, b) => (at(a) === at(b) ? a - b : at(a) - at(b)));
}

async function withLosses(
  session: Session,
  holdout: Omit<Train, 'session' | 'block' | 'seconds' | 'parts'>,
  columns: ReferenceColumn[],
  counted: CountedColumn[],
  losses: Float64Array,
  places: Int32Array,
): Promise<ReferenceColumn[]> {
  const found: ReferenceColumn[] = [];
  for (const [place, column] of columns.entries()) {
    const { measure } = column;
    const its = counted[place] as CountedColumn;
    // Words are many a row, and what many columns lack together no one of them costs.
    if (measure.of === 'words' || measure.of === 'reconstruction' || !holdout.named.types.has(measure.column)) {
      found.push(column);
      continue;
    }
    const cells = await cellsByRow(session, holdout.relation, { ...its, grid: gridOf(column) });
    found.push({
      ...column,
      losses: meanLosses(
        Array.from(places, (row) => cells[row]!),
        losses,
      ),
    });
  }
  return found;
}
