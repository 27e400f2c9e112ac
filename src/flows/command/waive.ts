/** A person's word that what one gate found may stand, for exactly what it judged; and taking it back. */
import { requiredOwners } from '../../domain/approvals/required-owners.ts';
import type { CommandOf } from '../../domain/commands/command.ts';
import type { GateVerdict } from '../../domain/evaluate/evaluation.ts';
import { code } from '../../render/markdown.ts';
import { waiverId } from '../waivers.ts';
import type { Outcome } from './answer-all.ts';
import { gateList, judgedGate, judgedModel } from './judged-gate.ts';
import { isTooLate, mayJudge } from './may-judge.ts';
import { type Asked, change, repositoryOf, type Scene } from './scene.ts';

export async function waive(scene: Scene, command: CommandOf<'waive'>, asked: Asked, said: string): Promise<Outcome> {
  const { model, reason } = command;
  const found = await judgedModel(scene, model);
  if (!found.ok) return found;
  const { record, judged, path } = found;
  const { policy } = record.governing!;
  const gate = judgedGate(model, judged, command.gate);
  if (!gate.ok) return gate;
  if (isTooLate(asked, record)) {
    return { ok: false, reason: 'what there is to waive changed after that was written: look at it again first' };
  }
  const { index, result } = gate;
  if (result.verdict !== 'needs-approval') {
    const why = `gate ${index + 1} of ${code(model)}, ${code(result.gate)}, ${WHY_NOT[result.verdict]}`;
    return { ok: false, reason: `${why}. Gates: ${gateList(judged.results)}` };
  }
  const verdict = await mayJudge(scene, asked, policy, requiredOwners(policy, [path]));
  if (!verdict.ok) return verdict;
  const { bound } = result;
  const value = { bound, gate: result.gate, by: asked.by, reason, at: asked.at, teams: verdict.teams };
  await scene.records.waivers.update(waiverId(repositoryOf(scene), model, bound), () => ({
    ...value,
    pull: scene.pull.number,
  }));
  await wakeOthers(scene, model);
  return { ok: true, note: `${said}: gate ${index + 1} of ${code(model)}, ${code(result.gate)}: ${code(reason)}` };
}

const WHY_NOT: Record<Exclude<GateVerdict, 'needs-approval'>, string> = {
  pass: 'passes: there is nothing to waive',
  waived: 'is waived already',
  fail: 'blocks: only a gate with `onFail: approval` can be waived',
  'cannot-tell': 'cannot tell and blocks: only with `onCannotTell: approval` can it be waived',
};

export async function unwaive(
  scene: Scene,
  command: CommandOf<'unwaive'>,
  asked: Asked,
  said: string,
): Promise<Outcome> {
  const { model } = command;
  const found = await judgedModel(scene, model);
  if (!found.ok) return found;
  const { results } = found.judged;
  const named = command.gate && judgedGate(model, found.judged, command.gate);
  if (named && !named.ok) return named;
  const wanted = named ? [named.result] : results;
  const taken: string[] = [];
  for (const { gate, bound } of wanted) {
    const id = waiverId(repositoryOf(scene), model, bound);
    if (!(await scene.records.waivers.get(id))) continue;
    taken.push(gate);
  }
  const record = await scene.records.pulls.get(scene.id);
  // Interrupted after its effect, it finds nothing any more, and has done what it was asked for.
  const done = record?.applied.includes(asked.id) ?? false;
  if (taken.length === 0 && !done) return { ok: false, reason: `no gate of ${code(model)} that is meant is waived` };
  // Before a waiver goes: what may ship is decided anew in any case.
  await change(scene, asked, (current) => ({ ...current, ready: undefined }));
  for (const { bound } of wanted) await scene.records.waivers.remove(waiverId(repositoryOf(scene), model, bound));
  await wakeOthers(scene, model);
  return { ok: true, note: `${said} for ${code(model)}${named ? `, ${code(named.result.gate)}` : ''}` };
}

/** What holds here may hold in another pull request that found the same. */
async function wakeOthers(scene: Scene, model: string): Promise<void> {
  const { deps, records, id } = scene;
  for (const other of await records.pulls.list(`${repositoryOf(scene)}#`)) {
    const { closed, judged } = other.value;
    if (other.id !== id && !closed && judged?.[model]) await deps.store.queue.request(`pull:${other.id}`);
  }
}
