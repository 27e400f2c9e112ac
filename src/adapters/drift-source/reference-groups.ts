import { byCodeUnits } from '../../domain/drift/code-unit-order.ts';
import { gridOf } from '../../domain/drift/make-profile.ts';
import type { GroupedProfile, ReferenceColumn, ReferenceProfile } from '../../domain/drift/profile.ts';
import type { CountedColumn } from './count-columns.ts';
import { countGroups } from './count-groups.ts';
import { type GroupKeys, groupTemplate } from './group-template.ts';
import type { NamedColumns } from './measure-sql.ts';
import { type Outcomes, outcomeGroup } from './reference-outcomes.ts';
import { epochSql } from './reference-rows.ts';
import type { Session } from './session.ts';

/** The training split's inputs and the holdout's outcomes, group by group, on coarse grids. */
export async function referenceGroups({
  session,
  relation,
  rows,
  named,
  time,
  keys,
  columns,
  counted,
  outputs,
  outcomes,
  places,
  facts,
}: {
  session: Session;
  relation: string;
  rows: number;
  named: NamedColumns;
  time: string | undefined;
  keys: GroupKeys[];
  columns: ReferenceColumn[];
  counted: CountedColumn[];
  outputs: Pick<ReferenceProfile, 'prediction' | 'confidence'>;
  outcomes: Outcomes;
  /** Place in the holdout of each outcome. */
  places: Int32Array;
  /** Keys of the holdout's rows by group. */
  facts: { keys: (string | null)[][] };
}): Promise<GroupedProfile[]> {
  const groups = await countGroups({
    session,
    relation,
    rows,
    timestamp: time === undefined ? 'NULL' : epochSql(time),
    named,
    reference: { groups: groupTemplate(keys, columns) },
    columns: counted,
  });
  const names = new Set(columns.map(({ column }) => column));
  const grids = {
    prediction: gridOf(outputs.prediction),
    ...(outputs.confidence === undefined ? {} : { confidence: gridOf(outputs.confidence) }),
  };
  return groups(0).map(({ by, groups: found }) => {
    const answered = rowsByKey(facts.keys[keys.findIndex((group) => group.by === by)] ?? [], places);
    const withOutcomes = found.map(({ key, rows: total, columns: profiles }) => {
      const its = outcomeGroup(outputs, outcomes, answered.get(key) ?? [], grids);
      // An input of the same name has it.
      return { key, rows: total, columns: [...profiles, ...its.filter(({ column }) => !names.has(column))] };
    });
    return { by, groups: withOutcomes.sort((a, b) => byCodeUnits(a.key, b.key)) };
  });
}

function rowsByKey(keys: (string | null)[], places: Int32Array): Map<string, number[]> {
  const rows = new Map<string, number[]>();
  for (const [row, place] of places.entries()) {
    const key = keys[place];
    if (key === null || key === undefined) continue;
    const its = rows.get(key);
    if (its === undefined) rows.set(key, [row]);
    else its.push(row);
  }
  return rows;
}
