/** `sluice gate`: what the gates of a working tree say of an evaluation, and why. */
import { AppError } from '../../domain/errors.ts';
import { explainGate } from '../../domain/gates/explain-gate.ts';
import { judgeGates } from '../../domain/gates/judge-gates.ts';
import { findModel } from '../find-model.ts';
import { printable } from '../problem-lines.ts';
import { readEvaluation } from '../read-evaluations.ts';
import type { CommandResult } from './command-result.ts';

export type GateOptions = { spec: string; explain?: boolean; evaluations: number };

/** Exit code 1 when a gate does not pass; that a person has to approve is not a no. */
export async function gate(file: string, options: GateOptions): Promise<CommandResult> {
  const { model } = await findModel(options.spec);
  const evaluation = await readEvaluation(file);
  if (evaluation.model !== model.name) {
    throw new AppError('config/invalid-input', `${file} is an evaluation of ${evaluation.model}, not of ${model.name}`);
  }
  const context = { evaluations: options.evaluations };
  const judged = judgeGates(model.gates, evaluation, context);
  const explained = model.gates.map((one) => (options.explain ? explainGate(one, evaluation, context) : []));
  const lines = judged.results.flatMap((result, index) => [
    `${index + 1}  ${result.verdict}: ${result.gate}: ${result.evidence}`,
    ...(explained[index] ?? []).map((sentence) => `     ${sentence}`),
  ]);
  const none = model.gates.length === 0 ? [`${model.name} has no gates`] : [];
  return {
    exitCode: judged.verdict === 'fail' ? 1 : 0,
    text: [...none, ...lines, `verdict: ${judged.verdict}`].map(printable).join('\n'),
    json: {
      verdict: judged.verdict,
      gates: judged.results.map((result, index) => ({
        ...result,
        ...(options.explain ? { explanation: explained[index] } : {}),
      })),
    },
  };
}
