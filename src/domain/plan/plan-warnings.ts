import { codeFiles } from '../fingerprint/code-files.ts';
import type { Model } from '../spec/valid.ts';
import { describeChanges } from './describe-changes.ts';
import type { PlannedModel, Snapshot } from './plan.ts';

/** What the author should know, though it stops nothing. */
export function planWarnings(planned: readonly PlannedModel[], head: Snapshot, base: Snapshot | undefined): string[] {
  const { repository, tree } = head;
  const paths = new Set(tree.map(({ path }) => path));
  const warnings: string[] = [];
  for (const { name } of planned) {
    const model = repository.models.find((other) => other.name === name)!;
    const code = new Set(codeFiles(tree, model.train.code, model.path).map(({ path }) => path));
    if (code.size === 0) warnings.push(`${model.path}: no file matches train.code`);
    for (const argument of model.train.command.map((word) => word.replace(/^\.\//, ''))) {
      if (!paths.has(argument) || code.has(argument)) continue;
      warnings.push(
        `${model.path}: the command uses ${argument}, but train.code does not cover it: changing it would not train again`,
      );
    }
    warnings.push(...customWarnings(model, base));
  }
  for (const model of repository.models) {
    const previous = base?.repository.models.find(({ name }) => name === model.name);
    if (!previous || planned.some(({ name }) => name === model.name)) continue;
    const changes = describeChanges(
      { runner: previous.train.runner, resources: previous.train.resources, parallel: previous.train.sweep?.parallel },
      { runner: model.train.runner, resources: model.train.resources, parallel: model.train.sweep?.parallel },
    );
    if (changes.length > 0) warnings.push(`${model.path}: ${changes.join(', ')}; counts from the next training on`);
  }
  return warnings;
}

/** The code of a custom metric judges what its author proposes: it runs from the base branch only. */
function customWarnings({ path, name, evaluate }: Model, base: Snapshot | undefined): string[] {
  const known = base?.repository.models.find((one) => one.name === name)?.evaluate.custom ?? [];
  const fresh = evaluate.custom.filter((one) => !known.some((other) => other.name === one.name));
  if (fresh.length === 0) return [];
  const names = fresh.map((one) => one.name).join(', ');
  return [
    `${path}: custom metrics run as the base branch has them, and it has no ${names} yet: computed once this is merged; gates on them are left out until then`,
  ];
}
