import { buildPlan } from '../../domain/plan/build-plan.ts';
import { estimate } from '../../domain/plan/estimate.ts';
import type { Plan, Snapshot } from '../../domain/plan/plan.ts';
import { baseCommit } from '../base-commit.ts';
import { printable, problemLines } from '../problem-lines.ts';
import { type ReadRepository, readRepository } from '../read-repository.ts';
import { type FileTree, readCommit, readWorkTree } from '../work-tree.ts';
import type { CommandResult } from './command-result.ts';

/**
 * `sluice plan`: what the folder as it lies there would change against the commit where it left the base. The base's
 * policy governs. Exit code 2 when specs are invalid: there is nothing to plan then.
 */
export async function plan(folder: string, options: { base?: string } = {}): Promise<CommandResult> {
  const base = await baseCommit(folder, options.base);
  const before = await readBase(folder, base);
  const tree = await readWorkTree(folder);
  const head = await readRepository(tree, before?.read.policy);
  if (!head.repository) {
    const text = [...problemLines(head.problems), 'There is no plan: the specs are not valid'].join('\n');
    return { exitCode: 2, text, json: { base, problems: head.problems } };
  }
  const planned = buildPlan({
    ...(before?.snapshot ? { base: before.snapshot } : {}),
    head: { repository: head.repository, tree: tree.entries },
  });
  const estimated = estimate(planned, new Map(), before?.read.policy ?? head.repository.policy);
  return {
    exitCode: 0,
    text: [...problemLines(head.problems), ...planLines(planned)].map(printable).join('\n'),
    json: { base, plan: planned, estimate: estimated, problems: head.problems },
  };
}

/** Nothing when the base has no policy yet: then the folder's own governs, and everything is new. */
async function readBase(
  folder: string,
  sha: string | undefined,
): Promise<{ read: ReadRepository; snapshot?: Snapshot } | undefined> {
  if (sha === undefined) return undefined;
  const tree: FileTree = await readCommit(folder, sha);
  if (!tree.entries.some(({ path }) => path === 'sluice.yaml')) return undefined;
  const read = await readRepository(tree);
  return { read, ...(read.repository ? { snapshot: { repository: read.repository, tree: tree.entries } } : {}) };
}

function planLines(planned: Plan): string[] {
  if (planned.empty) return ['Nothing of ours changes', ...planned.warnings.map((warning) => `warning: ${warning}`)];
  const things = (kind: string, all: readonly { name: string; change: string; reasons: string[] }[]): string[] =>
    all.flatMap(({ name, change, reasons }) => [
      `${kind} ${name}: ${change}`,
      ...(change === 'new' ? [] : reasons.map((reason) => `  ${reason}`)),
    ]);
  return [
    ...(planned.policyChanged ? ['policy: changed; its owners of before must approve'] : []),
    ...things('dataset', planned.datasets),
    ...planned.models.flatMap((model) => [
      ...things('model', [model]),
      trains(model.parts)
        ? `  → ${trainingOf(model)} on ${model.runner}, fingerprint ${model.fingerprint.slice(7, 19)}`
        : '  → evaluate again; nothing to train',
    ]),
    ...things('deployment', planned.deployments),
    ...things('monitor', planned.monitors),
    ...planned.removed.map(({ kind, name }) => `${kind.toLowerCase()} ${name}: removed`),
    ...planned.warnings.map((warning) => `warning: ${warning}`),
  ];
}

function trainingOf({ sweep }: Plan['models'][number]): string {
  if (!sweep) return 'train';
  return `sweep: ${sweep.text}${sweep.runs > sweep.trials ? `: ${sweep.runs} trainings` : ''},`;
}

function trains({ code, data, params }: { code: boolean; data: boolean; params: boolean }): boolean {
  return code || data || params;
}
