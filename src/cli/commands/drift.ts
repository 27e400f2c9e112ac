import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { ENOUGH_ROWS } from '../../domain/drift/enough-rows.ts';
import { judgeWindow } from '../../domain/drift/judge-window.ts';
import { makeProfile, numericGrid } from '../../domain/drift/make-profile.ts';
import type { GroupedProfile, ReferenceColumn, ReferenceProfile, WindowProfile } from '../../domain/drift/profile.ts';
import { AppError } from '../../domain/errors.ts';
import { type ComparedParts, driftLines, renderDriftPage } from '../../render/drift-page.ts';
import { printable } from '../problem-lines.ts';
import type { CommandResult } from './command-result.ts';

type Reference = { rows: number; columns: ReferenceColumn[]; groups: GroupedProfile[] };

export type DriftParts = {
  /** `by`: columns whose values are looked at apart. `leftOut`: columns that cannot be compared. */
  profilePair(
    reference: string,
    current: string,
    by: string[],
  ): Promise<{ reference: Reference; current: WindowProfile; leftOut: string[] }>;
};

export type DriftOptions = {
  reference: string;
  current: string;
  effect: number;
  ignore?: string[];
  by?: string[];
  /** A page with everything. */
  html?: string;
};

const FALSE_DISCOVERY_RATE = 0.05;

/** `sluice drift`: two files, column by column. Exit code 1: something moved; 2: too little data to tell. */
export async function driftCommand(parts: DriftParts, options: DriftOptions): Promise<CommandResult> {
  const { effect, ignore = [], by = [], html } = options;
  if (!(effect > 0 && effect < 1)) throw new AppError('config/invalid-input', '--effect must be between 0 and 1');
  if (html !== undefined && !/\.html?$/i.test(html))
    throw new AppError('config/invalid-input', `a report is a page (.html): ${html} is none`);
  const { reference, current, leftOut } = await parts.profilePair(options.reference, options.current, by);
  const rule = { effect, minRows: ENOUGH_ROWS, falseDiscoveryRate: FALSE_DISCOVERY_RATE, seasonality: 'none' } as const;
  const verdict = judgeWindow({
    reference: asReference(reference),
    window: current,
    trailing: [],
    quality: [],
    performance: [],
    estimates: [],
    settings: { ...rule, ignore },
    from: 0,
    to: 0,
  });
  const view = {
    verdict,
    reference: { ...reference, name: path.basename(options.reference) },
    current: { ...current, name: path.basename(options.current) },
    leftOut: [...leftOut, ...ignore.filter((name) => reference.columns.some(({ column }) => column === name))],
    parts: partsOf(reference.groups, current.groups),
    rule: { ...rule, multivariate: reference.columns.some(({ measure }) => measure.of === 'reconstruction') },
  };
  if (html !== undefined) await writeFile(html, renderDriftPage(view));
  return {
    exitCode: verdict.verdict === 'good' ? 0 : verdict.verdict === 'bad' ? 1 : 2,
    text: driftLines(view).map(printable).join('\n'),
    json: {
      verdict: verdict.verdict,
      rows: { reference: reference.rows, current: current.rows },
      reasons: verdict.reasons,
      ...(verdict.cause ? { cause: verdict.cause } : {}),
      columns: verdict.columns,
      parts: view.parts,
      segments: verdict.segments,
      leftOut: view.leftOut,
    },
  };
}

function asReference({ rows, columns, groups }: Reference): ReferenceProfile {
  const nothing = makeProfile('prediction', [], numericGrid(0, 1));
  return {
    version: 2,
    rows,
    columns,
    // A file says nothing of predictions: with none in the window they are not compared.
    prediction: { ...nothing, measure: { of: 'value', column: 'prediction' } },
    groups,
    promised: [],
  };
}

/** Values that both files have enough rows of, out of those that were looked at. */
function partsOf(reference: GroupedProfile[], current: GroupedProfile[]): ComparedParts[] {
  const enough = ({ rows }: { rows: number }) => rows >= ENOUGH_ROWS;
  return reference.map(({ by, groups }) => {
    const now = current.find((one) => one.by === by)?.groups ?? [];
    const compared = groups.filter((one) => enough(one) && now.some((its) => its.key === one.key && enough(its)));
    return { by, compared: compared.length, values: groups.length };
  });
}
