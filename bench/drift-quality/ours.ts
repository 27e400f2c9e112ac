/** Our own monitor as it runs: windows with too few rows wait and are judged together, and an alert opens by a pattern. */
import { advance, NO_ALERT } from '../../src/domain/drift/alert.ts';
import { coarsen } from '../../src/domain/drift/coarsen.ts';
import { byCodeUnits } from '../../src/domain/drift/code-unit-order.ts';
import { judgeWindow } from '../../src/domain/drift/judge-window.ts';
import { mergeWindowProfiles } from '../../src/domain/drift/merge-profiles.ts';
import { overDispersion } from '../../src/domain/drift/over-dispersion.ts';
import type {
  ColumnProfile,
  GroupedProfile,
  ReferenceColumn,
  ReferenceProfile,
  WindowProfile,
} from '../../src/domain/drift/profile.ts';
import { seasonDispersion } from '../../src/domain/drift/season-dispersion.ts';
import type { WindowVerdict } from '../../src/domain/drift/verdict.ts';
import { numericProfile } from './cells.ts';
import { addDrawn, type DrawnColumn } from './column-models.ts';
import type { Reference, Watch } from './rule.ts';
import { type DrawnWindow, totals } from './streams.ts';

/** As a monitor has them that says nothing. */
const SETTINGS = { effect: 0.1, minRows: 350, falseDiscoveryRate: 0.05 };
const ALERT = { openAfter: 2, closeAfter: 3, graceMs: 7 * 24 * 3_600_000 };
/** Of the reference, to see its over-dispersion in. */
const BLOCKS = 64;

/** An alert is an issue that opens. `onVerdict` is told of every window or group of windows that is judged. */
export function watchWithOurs(
  reference: Reference,
  onVerdict?: (verdict: WindowVerdict, opened: boolean) => void,
): Watch {
  const profiler = makeProfiler(reference);
  const profile = referenceProfile(reference, profiler);
  let state = NO_ALERT;
  let waiting: { from: number; profile: WindowProfile }[] = [];
  return (window) => {
    waiting.push({ from: window.from, profile: profiler.ofWindow(window) });
    const merged = waiting.length === 1 ? waiting[0]!.profile : mergeWindowProfiles(waiting.map((one) => one.profile));
    if (merged.rows < SETTINGS.minRows) return false;
    const judged = { from: waiting[0]!.from, to: window.to };
    waiting = [];
    const verdict = judgeWindow({
      ...judged,
      reference: profile,
      window: merged,
      trailing: [],
      quality: [],
      performance: [],
      estimates: [],
      settings: { ...SETTINGS, ignore: [], seasonality: reference.seasonal ? 'hour-of-week' : 'none' },
    });
    const next = advance(state, [{ ...judged, verdict }], ALERT);
    const opened = next.transitions.some(({ kind }) => kind !== 'closed');
    state = next.state;
    onVerdict?.(verdict, opened);
    return opened;
  };
}

type Profiler = ReturnType<typeof makeProfiler>;

/** Profiles of what was drawn; a category that the reference has not seen is unseen, whatever the world knows of it. */
function makeProfiler({ columns, windows }: Reference) {
  const seen = totals(windows).map(({ counts }) => counts);
  const names = columns.map(({ name }) => name);
  const ofColumn = (i: number, drawn: DrawnColumn): ColumnProfile => {
    const model = columns[i]!;
    const head = { column: model.name, rows: drawn.rows };
    if (model.kind === 'numeric') return { ...head, ...numericProfile(model.cells, drawn.counts, drawn.nulls) };
    return { ...head, ...categoricalProfile(drawn, seen[i]!) };
  };
  const ofColumns = (drawn: (DrawnColumn | undefined)[]) =>
    drawn.flatMap((column, i) => (column ? [ofColumn(i, column)] : []));
  const ofHours = (hours: DrawnWindow['hours']): GroupedProfile[] => {
    if (hours.length === 0) return [];
    const groups = hours.map(({ key, rows, columns: drawn }) => ({
      key: String(key),
      rows,
      columns: ofColumns(drawn).map(coarsen),
    }));
    return [{ by: 'hour-of-week', groups: groups.toSorted((a, b) => byCodeUnits(a.key, b.key)) }];
  };
  return {
    names,
    ofColumn,
    ofHours,
    ofWindow({ rows, columns: drawn, hours }: DrawnWindow): WindowProfile {
      const profiles = ofColumns(drawn);
      const prediction = profiles.find(({ column }) => column === 'prediction');
      return {
        version: 1,
        rows,
        columns: profiles.filter((one) => one !== prediction),
        ...(prediction ? { prediction } : {}),
        errors: 0,
        versions: [],
        types: [],
        groups: ofHours(hours),
      };
    },
  };
}

function referenceProfile({ columns, windows, seasonal }: Reference, profiler: Profiler): ReferenceProfile {
  const perBlock = Math.max(1, Math.round(windows.length / BLOCKS));
  const blocks = Array.from({ length: Math.floor(windows.length / perBlock) }, (_, block) => {
    const joined = windows.slice(block * perBlock, (block + 1) * perBlock);
    const hours = joined.flatMap((window) => window.hours.map(({ key, rows }) => ({ key: String(key), rows })));
    return { columns: totals(joined), hours };
  });
  const groups = seasonal ? profiler.ofHours(hoursOf(windows)) : [];
  const known = totals(windows).map((drawn, i): ReferenceColumn => {
    const { name } = columns[i]!;
    const ofBlocks = blocks.map((block) => ({ profile: profiler.ofColumn(i, block.columns[i]!), hours: block.hours }));
    const season = seasonDispersion({ groups }, name, ofBlocks);
    return {
      ...profiler.ofColumn(i, drawn),
      measure: { of: 'value', column: name },
      overDispersion: overDispersion(ofBlocks.map(({ profile }) => profile)),
      ...(season ? { seasonDispersion: season } : {}),
    };
  });
  return {
    version: 2,
    rows: windows.reduce((sum, { rows }) => sum + rows, 0),
    columns: known.filter(({ column }) => column !== 'prediction'),
    prediction: known.find(({ column }) => column === 'prediction')!,
    groups,
    promised: [],
  };
}

function hoursOf(windows: DrawnWindow[]): DrawnWindow['hours'] {
  const byKey = new Map<number, DrawnWindow['hours'][number]>();
  for (const { key, rows, columns } of windows.flatMap(({ hours }) => hours)) {
    const before = byKey.get(key);
    const added = columns.map((column, i) => addDrawn(before?.columns[i], column));
    byKey.set(key, { key, rows: rows + (before?.rows ?? 0), columns: added });
  }
  return [...byKey.values()];
}

function categoricalProfile({ counts, unseen, nulls }: DrawnColumn, seen: Float64Array) {
  const found: [string, number][] = [];
  let beyond = unseen;
  counts.forEach((count, category) => {
    if (seen[category] === 0) beyond += count;
    else found.push([nameOf(category), count]);
  });
  return { kind: 'categorical' as const, counts: found, other: 0, unseen: beyond, nulls };
}

/** In the order of their code units. */
function nameOf(category: number): string {
  return String(category).padStart(4, '0');
}
