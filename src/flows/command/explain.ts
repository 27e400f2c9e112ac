import type { CommandOf } from '../../domain/commands/command.ts';
import type { Evaluation } from '../../domain/evaluate/evaluation.ts';
import { explainGate } from '../../domain/gates/explain-gate.ts';
import { judgeGate } from '../../domain/gates/judge-gates.ts';
import { renderExplanation } from '../../render/explanation.ts';
import { readJson } from '../blobs.ts';
import { waiversOf } from '../waivers.ts';
import type { Outcome } from './answer-all.ts';
import { judgedGate, judgedModel } from './judged-gate.ts';
import { repositoryOf, type Scene } from './scene.ts';

/** Tells how one gate, or each of a model's, came to its verdict. */
export async function explain(scene: Scene, command: CommandOf<'explain'>): Promise<Outcome> {
  const { deps, records, pull } = scene;
  const { model } = command;
  const found = await judgedModel(scene, model);
  if (!found.ok) return found;
  const { judged, path, record } = found;
  const named = command.gate && judgedGate(model, judged, command.gate);
  if (named && !named.ok) return named;
  const evaluation = await readJson<Evaluation>(deps.artifacts, judged.evaluationDigest);
  const { policy } = record.governing!;
  const waivers = await waiversOf(records, repositoryOf(scene), { name: model, path }, { author: pull.author, policy });
  const context = { evaluations: judged.evaluations, waivers };
  const gates = judged.gates.map((gate, index) => ({
    number: index + 1,
    result: judgeGate(gate, evaluation, context),
    lines: explainGate(gate, evaluation, context),
  }));
  const wanted = named ? [gates[named.index]!] : gates;
  return { ok: true, note: '', reply: renderExplanation(model, wanted) };
}
