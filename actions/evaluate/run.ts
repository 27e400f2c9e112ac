import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { annotateProblems } from '../shared/annotate-problems.ts';
import { childEnv } from '../shared/child-env.ts';
import { findSluice } from '../shared/find-sluice.ts';
import type { Io } from '../shared/io.ts';
import { parseAnswer } from '../shared/parse-answer.ts';
import { runProgram } from '../shared/run-program.ts';

export type EvaluateInputs = {
  spec: string;
  model: string;
  champion?: string;
  dataRoot?: string;
  report?: string;
  failOnGate: boolean;
};

/** What `sluice evaluate --json` answers, as far as it is read here. */
type Answer = {
  verdict: 'pass' | 'fail' | 'needs-approval';
  gates: { gate: string; verdict: 'pass' | 'fail' | 'needs-approval' | 'cannot-tell' | 'waived'; evidence: string }[];
  evaluation: { metrics: { metric: string; candidate: unknown; champion?: unknown; difference?: unknown }[] };
};

/** Answers 1 when a gate does not pass and `failOnGate`, 2 or 3 as the command line does for what went wrong. */
export async function evaluate(inputs: EvaluateInputs, io: Io, source: string): Promise<number> {
  const sluice = await findSluice(io, source);
  const report = path.resolve(inputs.report ?? path.join(io.env.RUNNER_TEMP ?? '.', 'sluice-report/evaluation.md'));
  await mkdir(path.dirname(report), { recursive: true });
  const args = ['evaluate', '--json', '--spec', inputs.spec, '--model', inputs.model, '--report', report];
  if (inputs.champion) args.push('--champion', inputs.champion);
  if (inputs.dataRoot) args.push('--data-root', inputs.dataRoot);
  const ended = await runProgram(io, [...sluice, ...args], { env: childEnv(io.env, { identity: false }) });
  const answer = parseAnswer<Answer>(ended);
  if (!answer) return annotateProblems(io, ended, `Evaluating ${inputs.model}`);
  io.output('verdict', answer.verdict);
  io.output('report', report);
  io.output('metrics', JSON.stringify(answer.evaluation.metrics.map(figures)));
  annotateGates(io, answer.gates, inputs);
  await io.summary(withoutPictures(await readFile(report, 'utf8')));
  return answer.verdict === 'fail' && inputs.failOnGate ? 1 : 0;
}

function figures({ metric, candidate, champion, difference }: Answer['evaluation']['metrics'][number]) {
  return { metric, candidate, champion, difference };
}

function annotateGates(io: Io, gates: Answer['gates'], { spec, failOnGate }: EvaluateInputs): void {
  for (const { gate, verdict, evidence } of gates) {
    const place = { file: spec, title: `${gate}: ${verdict.replaceAll('-', ' ')}` };
    if (verdict === 'pass' || verdict === 'waived') continue;
    if (verdict === 'needs-approval' || !failOnGate) io.warning(evidence, place);
    else io.error(evidence, place);
  }
}

/** They are files beside the report, which the page of the run cannot show. */
function withoutPictures(report: string): string {
  return report.replace(/^!\[.*\]\([^()]*\)\n+/gm, '').replace(/^### Pictures\n+(?=### )/m, '');
}
