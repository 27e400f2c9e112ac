import type { ColumnFinding } from '../../domain/drift/compare-column.ts';
import { judgeWindow } from '../../domain/drift/judge-window.ts';
import type { ColumnProfile } from '../../domain/drift/profile.ts';
import { AppError } from '../../domain/errors.ts';
import type { CommandResult } from './command-result.ts';

type Profiled = { rows: number; columns: ColumnProfile[] };

export type DriftParts = {
  profilePair(
    reference: string,
    current: string,
  ): Promise<{ reference: Profiled; current: Profiled; leftOut: string[] }>;
};

export type DriftOptions = { reference: string; current: string; effect: number; ignore?: string[] };

const ANSWERS = {
  good: 'No drift',
  bad: 'Drift',
  'cannot-tell': 'Cannot tell',
  'no-data': 'No data',
} as const;

/** `sluice drift`: two files, column by column. Exit code 1: something moved; 2: too little data to tell. */
export async function driftCommand(parts: DriftParts, options: DriftOptions): Promise<CommandResult> {
  const { effect, ignore = [] } = options;
  if (!(effect > 0 && effect < 1)) throw new AppError('config/invalid-input', '--effect must be between 0 and 1');
  const { reference, current, leftOut } = await parts.profilePair(options.reference, options.current);
  const { verdict, columns, reasons } = judgeWindow(reference, current, [], { effect, ignore });
  const head = `${ANSWERS[verdict]}: ${current.rows} rows against ${reference.rows}${reasons.length > 0 ? `\n${reasons.map((reason) => `  ${reason}`).join('\n')}` : ''}`;
  const aside = leftOut.length > 0 ? [`Not compared: ${leftOut.join(', ')}`] : [];
  return {
    exitCode: verdict === 'good' ? 0 : verdict === 'bad' ? 1 : 2,
    text: [head, ...(columns.length > 0 ? [lines(columns)] : []), ...aside].join('\n\n'),
    json: { verdict, rows: { reference: reference.rows, current: current.rows }, reasons, columns, leftOut },
  };
}

function lines(columns: ColumnFinding[]): string {
  const cells = columns.map(({ column, drifted, broken, values, missing, explain }) => [
    drifted ? '✗' : '✓',
    column,
    values ? `${values.measure === 'psi' ? 'PSI' : 'D'} ${values.effect.toFixed(3)}` : '',
    values ? `p ${values.adjusted.toPrecision(2)}` : '',
    missing.reference > 0 || missing.window > 0
      ? `missing ${percent(missing.reference)} → ${percent(missing.window)}`
      : '',
    explain?.wasserstein === undefined ? '' : `W1 ${explain.wasserstein.toFixed(2)} σ`,
    broken ?? '',
  ]);
  const widths = cells[0]!.map((_, i) => Math.max(...cells.map((row) => row[i]!.length)));
  return cells
    .map((row) =>
      row
        .map((cell, i) => cell.padEnd(widths[i]!))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
