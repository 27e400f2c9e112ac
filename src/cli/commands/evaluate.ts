/** `sluice evaluate`: what the check of a pull request would say of an artifact, without a pull request. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { EvaluatorParts } from '../../agent/evaluate/evaluate-main.ts';
import { type Contestant, evaluateModel } from '../../agent/evaluate/evaluate-model.ts';
import { estimateText } from '../../domain/evaluate/estimate-text.ts';
import type { Evaluation } from '../../domain/evaluate/evaluation.ts';
import { type GatesVerdict, judgeGates } from '../../domain/gates/judge-gates.ts';
import type { Model } from '../../domain/spec/valid.ts';
import { evaluationPlots, renderEvaluation } from '../../render/evaluation.ts';
import { trend } from '../../render/evaluation-figures.ts';
import { findModel } from '../find-model.ts';
import { printable } from '../problem-lines.ts';
import { stageArtifact } from '../stage-artifact.ts';
import type { CommandResult } from './command-result.ts';

export type EvaluateOptions = { spec: string; model: string; champion?: string; dataRoot: string; report?: string };

/** Exit code 1 when a gate does not pass; that a person has to approve is not a no. */
export async function evaluateCommand(parts: EvaluatorParts, options: EvaluateOptions): Promise<CommandResult> {
  const { model, dataset, policy, root } = await findModel(options.spec);
  const folder = await mkdtemp(path.join(os.tmpdir(), 'sluice-evaluate-'));
  try {
    const contestant = async (from: string, name: string): Promise<Contestant> => ({
      model,
      ...(await stageArtifact(from, model, path.join(folder, name))),
    });
    const candidate = await contestant(options.model, 'candidate');
    const champion = options.champion === undefined ? undefined : await contestant(options.champion, 'champion');
    const reader = parts.createReader({ dataRoot: options.dataRoot, checkout: root, allow: policy.data.allow });
    const { evaluation } = await evaluateModel(
      { ...parts, reader },
      {
        candidate,
        ...(champion === undefined
          ? {}
          : { champion: { ...champion, version: path.basename(options.champion as string) } }),
        dataset,
        workFolder: folder,
        onProgress: () => {},
      },
    );
    const judged = judgeGates(model.gates, evaluation);
    if (options.report !== undefined) await writeReport(options.report, evaluation, judged, model);
    return {
      exitCode: judged.verdict === 'fail' ? 1 : 0,
      text: lines(evaluation, judged, model).map(printable).join('\n'),
      json: { verdict: judged.verdict, gates: judged.results, evaluation },
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Markdown, with the pictures as files beside it. */
async function writeReport(file: string, evaluation: Evaluation, judged: GatesVerdict, model: Model): Promise<void> {
  const stem = path.basename(file).replace(/\.[^.]*$/, '');
  const plots = [];
  for (const { name, alt, svg } of evaluationPlots(evaluation)) {
    const url = `${stem}.${name}.svg`;
    await writeFile(path.join(path.dirname(file), url), svg);
    plots.push({ name, alt, url });
  }
  const { title, summary, text } = renderEvaluation({ evaluation, gates: judged.results, model: model.name, plots });
  await writeFile(file, `# ${title}\n\n${summary}\n\n${text}\n`);
}

function lines(evaluation: Evaluation, judged: GatesVerdict, model: Model): string[] {
  const width = Math.max(0, ...evaluation.metrics.map((one) => one.metric.length));
  const metrics = evaluation.metrics.map((one) => {
    const difference =
      one.difference === undefined ? '' : `  against champion ${estimateText(one.difference, true)} ${trend(one)}`;
    return `  ${one.metric.padEnd(width)}  ${estimateText(one.candidate)}${difference}`;
  });
  const gates = judged.results.map((result) => `  ${result.verdict}: ${result.gate}: ${result.evidence}`);
  const rows = evaluation.rows.toLocaleString('en-US');
  return [
    `${model.name} on ${rows} rows of ${evaluation.dataset}, split ${model.evaluate.split}`,
    ...metrics,
    ...(evaluation.championSkipped === undefined
      ? []
      : [`  the champion was not scored: ${evaluation.championSkipped}`]),
    ...(gates.length === 0 ? [] : ['gates', ...gates]),
    `verdict: ${judged.verdict}`,
  ];
}
