import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { annotateProblems } from '../shared/annotate-problems.ts';
import { childEnv } from '../shared/child-env.ts';
import { findSluice } from '../shared/find-sluice.ts';
import type { Io } from '../shared/io.ts';
import { parseAnswer } from '../shared/parse-answer.ts';
import { runProgram } from '../shared/run-program.ts';
import { type DriftAnswer, driftReport } from './drift-report.ts';

export type DriftInputs = {
  reference: string;
  current: string;
  effect?: string;
  ignore: string[];
  by: string[];
  report?: string;
  page?: string;
  failOnDrift: boolean;
};

/** Answers 1 when something moved and `failOnDrift`, 2 or 3 as the command line does for what went wrong. */
export async function drift(inputs: DriftInputs, io: Io, source: string): Promise<number> {
  const sluice = await findSluice(io, source);
  const { reference, current } = inputs;
  const folder = path.join(io.env.RUNNER_TEMP ?? '.', 'sluice-report');
  const args = ['drift', '--json', '--reference', reference, '--current', current];
  if (inputs.effect) args.push('--effect', inputs.effect);
  if (inputs.ignore.length > 0) args.push('--ignore', ...inputs.ignore);
  if (inputs.by.length > 0) args.push('--by', ...inputs.by);
  const page = path.resolve(inputs.page ?? path.join(folder, 'drift.html'));
  await mkdir(path.dirname(page), { recursive: true });
  args.push('--html', page);
  const ended = await runProgram(io, [...sluice, ...args], { env: childEnv(io.env, { identity: false }) });
  const answer = parseAnswer<DriftAnswer>(ended);
  if (!answer) return annotateProblems(io, ended, `Comparing ${current} with ${reference}`);
  const moved = answer.columns.filter((one) => one.drifted || one.broken !== undefined).map((one) => one.column);
  const markdown = driftReport(answer, inputs);
  const report = path.resolve(inputs.report ?? path.join(folder, 'drift.md'));
  await mkdir(path.dirname(report), { recursive: true });
  await writeFile(report, markdown);
  io.output('drifted', String(answer.verdict === 'bad'));
  io.output('verdict', answer.verdict);
  io.output('columns', JSON.stringify(moved));
  io.output('report', report);
  io.output('page', page);
  annotate(io, answer, moved, inputs);
  await io.summary(markdown);
  return answer.verdict === 'bad' && inputs.failOnDrift ? 1 : 0;
}

function annotate(io: Io, answer: DriftAnswer, moved: string[], { current, failOnDrift }: DriftInputs): void {
  const because = answer.reasons.join('; ');
  if (answer.verdict === 'bad') {
    const message = `Drift in ${moved.join(', ') || current}${because === '' ? '' : `: ${because}`}`;
    if (failOnDrift) io.error(message);
    else io.warning(message);
  } else if (answer.verdict !== 'good') {
    io.warning(`Whether ${current} drifted cannot be told${because === '' ? '' : `: ${because}`}`);
  }
}
