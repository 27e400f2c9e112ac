/** What is wrong during an alert, by name, so that something new can be told from what is known. */
import type { ColumnFinding, JudgedWindow, WindowVerdict } from './verdict.ts';

export type AlertFindings = {
  /** In any bad window. */
  shown: string[];
  /** In as many of the newest windows as it takes to open an alert, or bad enough by itself: no chance finding. */
  lasting: string[];
};

const BROKEN = ' is broken';
const MOVED = ' moved';

/** `windows`: those of the alert, oldest first. `openAfter`: bad windows that open an alert, out of one more. */
export function alertFindings(windows: readonly JudgedWindow[], openAfter: number): AlertFindings {
  const verdicts = windows.map(({ verdict }) => verdict);
  const judged = verdicts.filter(({ verdict }) => verdict === 'good' || verdict === 'bad');
  // Truth comes late: of the newest windows nobody knows yet whether they keep a promise.
  const labelled = judged.filter(({ performance }) =>
    performance.some(({ verdict }) => verdict === 'kept' || verdict === 'broken'),
  );
  const newest = judged.at(-1);
  const bad = judged.filter(({ verdict }) => verdict === 'bad');
  return {
    shown: unique(bad.flatMap((one) => [...dataFindings(one), ...brokenPromises(one)])),
    lasting: unique([
      ...(newest ? severeFindings(newest) : []),
      ...frequent(labelled.slice(-openAfter - 1).map(brokenPromises), openAfter),
      ...frequent(judged.slice(-openAfter - 1).map(dataFindings), openAfter),
    ]),
  };
}

/** Of what lasts, what nobody was shown. A column that was broken and comes back half mended is nothing new. */
export function newFindings(lasting: readonly string[], known: readonly string[]): string[] {
  const told = new Set(
    known.flatMap((name) => [name, name.endsWith(BROKEN) ? name.slice(0, -BROKEN.length) + MOVED : name]),
  );
  return lasting.filter((name) => !told.has(name));
}

function dataFindings(verdict: WindowVerdict): string[] {
  const checks = verdict.quality.filter(({ level }) => level !== 'note');
  const moved = namedColumns(verdict).filter(({ finding: { drifted, broken } }) => drifted || broken !== undefined);
  return [...checks.map(nameCheck), ...moved.map(nameColumn)];
}

function severeFindings(verdict: WindowVerdict): string[] {
  const broken = namedColumns(verdict).filter(({ finding }) => finding.broken !== undefined);
  return [...verdict.quality.filter(({ level }) => level === 'severe').map(nameCheck), ...broken.map(nameColumn)];
}

function brokenPromises({ performance }: WindowVerdict): string[] {
  return performance.filter(({ verdict }) => verdict === 'broken').map(({ metric }) => `${metric} broke its promise`);
}

type Named = { name: string; finding: ColumnFinding };

function namedColumns({ columns, prediction, confidence }: WindowVerdict): Named[] {
  return [
    ...columns.map((finding) => ({
      name: finding.of === 'reconstruction' ? 'the columns together' : finding.column,
      finding,
    })),
    ...(prediction ? [{ name: 'the prediction', finding: prediction }] : []),
    ...(confidence ? [{ name: "the prediction's confidence", finding: confidence }] : []),
  ];
}

function nameColumn({ name, finding }: Named): string {
  return name + (finding.broken === undefined ? MOVED : BROKEN);
}

/** A column that is gone is found twice: by its schema, and as a column. */
function nameCheck({ check, column }: WindowVerdict['quality'][number]): string {
  return column === undefined ? `the check of ${check}` : column + BROKEN;
}

function frequent(windows: string[][], times: number): string[] {
  const counts = new Map<string, number>();
  for (const names of windows) for (const name of new Set(names)) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].filter(([, count]) => count >= times).map(([name]) => name);
}

const unique = (names: string[]): string[] => [...new Set(names)];
