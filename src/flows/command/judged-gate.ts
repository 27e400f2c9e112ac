import { findGate, type GateReference } from '../../domain/commands/gate-reference.ts';
import type { GateResult } from '../../domain/evaluate/evaluation.ts';
import { code } from '../../render/markdown.ts';
import type { JudgedRecord, PullRecord } from '../records.ts';
import { modelsOf, type Scene } from './scene.ts';

type Refusal = { ok: false; reason: string };

/** What the gates said of a model of the present head. */
export async function judgedModel(
  scene: Scene,
  model: string,
): Promise<{ ok: true; record: PullRecord; path: string; judged: JudgedRecord } | Refusal> {
  const record = await scene.records.pulls.get(scene.id);
  const known = modelsOf(record, [model]);
  if (!known.ok) return known;
  const judged = record?.headSha === scene.pull.head.sha ? record.judged?.[model] : undefined;
  if (!record || !judged) return { ok: false, reason: `${code(model)} has no results for this head (yet)` };
  return { ok: true, record, path: known.models[0]!.path, judged };
}

/** The gate that is meant; else why none is, with those there are. */
export function judgedGate(
  model: string,
  { results }: JudgedRecord,
  reference: GateReference,
): { ok: true; index: number; result: GateResult } | Refusal {
  const found = findGate(
    reference,
    results.map(({ gate }) => gate),
  );
  if (found.ok) return { ok: true, index: found.index, result: results[found.index]! };
  const meant = 'number' in reference ? `number ${reference.number}` : code(reference.text);
  const why = found.why === 'none' ? `no gate of ${code(model)} is ${meant}` : `several gates have ${meant} in them`;
  return { ok: false, reason: `${why}. Gates: ${gateList(results)}` };
}

/** `1 …, 2 …`, each with its verdict. */
export function gateList(results: readonly GateResult[]): string {
  return results
    .map(({ gate, verdict }, index) => `${index + 1} ${code(gate)} (${verdict.replace('-', ' ')})`)
    .join(', ');
}
