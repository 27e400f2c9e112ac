/** `sluice evaluate`: what the check of a pull request would say of an artifact, without a pull request. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { EvaluatorParts } from '../../agent/evaluate/evaluate-main.ts';
import { type Contestant, evaluateModel } from '../../agent/evaluate/evaluate-model.ts';
import { predictionBatches } from '../../agent/evaluate/prediction-batches.ts';
import { canonicalJson } from '../../domain/fingerprint/canonical-json.ts';
import { judgeGates } from '../../domain/gates/judge-gates.ts';
import { evaluationLines } from '../../render/evaluation-text.ts';
import { findModel } from '../find-model.ts';
import { printable } from '../problem-lines.ts';
import { stageArtifact } from '../stage-artifact.ts';
import type { CommandResult } from './command-result.ts';
import { checkOutputNames, writeReport } from './write-report.ts';

export type EvaluateOptions = {
  spec: string;
  model: string;
  champion?: string;
  dataRoot: string;
  /** A page (.html) or Markdown (.md). */
  report?: string;
  /** Parquet. */
  predictions?: string;
  /** JSON: what a monitor compares production with. */
  reference?: string;
};

/** Exit code 1 when a gate does not pass; that a person has to approve is not a no. */
export async function evaluateCommand(parts: EvaluatorParts, options: EvaluateOptions): Promise<CommandResult> {
  checkOutputNames(options);
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
    const { evaluation, reference, holdout, file } = await evaluateModel(
      { ...parts, reader },
      {
        candidate,
        ...(champion === undefined
          ? {}
          : { champion: { ...champion, version: path.basename(options.champion as string) } }),
        dataset,
        metricsCheckout: root,
        workFolder: folder,
        onProgress: () => {},
      },
    );
    const { verdict, results } = judgeGates(model.gates, evaluation);
    const facts = { evaluation, gates: results, model: model.name };
    if (options.reference !== undefined) await writeFile(options.reference, `${canonicalJson(reference)}\n`);
    if (options.predictions !== undefined)
      await parts.writeTable(options.predictions, predictionBatches(holdout, { reader, file, dataset }));
    if (options.report !== undefined) await writeReport(options.report, facts, options.predictions);
    return {
      exitCode: verdict === 'fail' ? 1 : 0,
      text: [...evaluationLines(facts), `verdict: ${verdict}`].map(printable).join('\n'),
      json: { verdict, gates: results, evaluation },
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
