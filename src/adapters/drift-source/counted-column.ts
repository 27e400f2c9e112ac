import { gridOf } from '../../domain/drift/make-profile.ts';
import type { ReferenceColumn } from '../../domain/drift/profile.ts';
import type { CountedColumn } from './count-columns.ts';
import { measureSql, type NamedColumns } from './measure-sql.ts';

/** A column of a reference as it is counted in a relation; none where the relation does not have it. */
export function countedColumn(column: ReferenceColumn, named: NamedColumns): CountedColumn[] {
  const grid = gridOf(column);
  const value = measureSql(column.measure, grid.kind, named);
  const { of } = column.measure;
  const costly = of === 'norm' || of === 'component' || of === 'reconstruction';
  return value === undefined ? [] : [{ as: column.column, value, grid, costly }];
}
