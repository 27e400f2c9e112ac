/** `sluice gate replay`: what the gates of a working tree would have decided of past evaluations. */
import { AppError } from '../../domain/errors.ts';
import { type Replayed, replay } from '../../domain/gates/replay-gates.ts';
import type { Gate } from '../../domain/spec/valid.ts';
import { baseCommit } from '../base-commit.ts';
import { findModel } from '../find-model.ts';
import { printable } from '../problem-lines.ts';
import { type PastEvaluation, readEvaluations } from '../read-evaluations.ts';
import { readRepository } from '../read-repository.ts';
import { readCommit } from '../work-tree.ts';
import type { CommandResult } from './command-result.ts';

export type ReplayOptions = { spec: string; base?: string };

/** Against the gates of the base branch, which judged then. Exit code 1 when something would be decided otherwise. */
export async function gateReplay(places: readonly string[], options: ReplayOptions): Promise<CommandResult> {
  const { model, root } = await findModel(options.spec);
  const base = await baseCommit(root, options.base);
  const before = base === undefined ? [] : await gatesAt(root, base, model.name);
  const { found, others } = await readEvaluations(places, model.name);
  const past = found.map(({ file, evaluation, evaluations }) => ({ id: file, gates: before, evaluation, evaluations }));
  const replayed = replay(past, model.gates);
  const changed = replayed.filter((one) => one.before !== one.after);
  const plural = (count: number, what: string) => `${count} ${what}${count === 1 ? '' : 's'}`;
  return {
    exitCode: changed.length > 0 ? 1 : 0,
    text: [
      `${model.name}: ${plural(found.length, 'past evaluation')}, ${plural(model.gates.length, 'gate')} now, ` +
        `${before.length} at ${base?.slice(0, 7) ?? 'no base'}${others > 0 ? `; ${plural(others, 'other file')}` : ''}`,
      ...replayed.flatMap((one, index) => linesOf(one, found[index] as PastEvaluation)),
      changed.length === 0
        ? 'nothing would have been decided otherwise'
        : `${changed.length} of ${found.length} would have been decided otherwise`,
    ]
      .map(printable)
      .join('\n'),
    json: { model: model.name, base: base ?? null, evaluations: replayed },
  };
}

async function gatesAt(root: string, sha: string, model: string): Promise<Gate[]> {
  const { repository } = await readRepository(await readCommit(root, sha));
  if (!repository)
    throw new AppError('config/invalid-spec', `the specs of ${sha.slice(0, 7)} are not valid: name another --base`);
  return repository.models.find(({ name }) => name === model)?.gates ?? [];
}

/** Nothing of an evaluation of which each gate says what it said. */
function linesOf({ before, after, changed }: Replayed, { file, evaluation }: PastEvaluation): string[] {
  if (changed.length === 0) return [];
  const candidate = evaluation.candidate.digest.slice(0, 19);
  const verdict = before === after ? `${after} as before` : `${before} → ${after}`;
  return [
    `${file} (candidate ${candidate}…): ${verdict}`,
    ...changed.map((one) => {
      const said = one.after ?? one.before;
      const from = one.before?.verdict ?? 'not asked';
      return `  ${from} → ${one.after?.verdict ?? 'not asked'}: ${one.gate}: ${said?.evidence}`;
    }),
  ];
}
