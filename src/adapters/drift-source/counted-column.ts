import { gridOf } from '../../domain/drift/make-profile.ts';
import type { ReferenceColumn } from '../../domain/drift/profile.ts';
import type { CountedColumn } from './count-columns.ts';
import { measureSql, type NamedColumns } from './measure-sql.ts';
import { identifier } from './session.ts';

/**
 * A column of a reference as it is counted in a relation; none where the relation does not have it. `isRepeating`: whether
 * the values of a column of the relation are known to repeat.
 */
export function countedColumn(
  column: ReferenceColumn,
  named: NamedColumns,
  isRepeating: (name: string) => boolean = () => false,
): CountedColumn[] {
  const grid = gridOf(column);
  const value = measureSql(column.measure, grid.kind, named);
  if (value === undefined) return [];
  const { measure, column: as } = column;
  if (measure.of === 'norm' || measure.of === 'component' || measure.of === 'reconstruction')
    return [{ as, value, grid, costly: true }];
  const name = named.nameOf(measure.column);
  return [{ as, value, grid, ...(isRepeating(name) && { from: identifier(name) }) }];
}
