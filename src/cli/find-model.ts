import { access, realpath } from 'node:fs/promises';
import path from 'node:path';
import { AppError } from '../domain/errors.ts';
import { POLICY_PATH } from '../domain/spec/parse-policy.ts';
import type { Dataset, Model, Policy } from '../domain/spec/valid.ts';
import { problemLines } from './problem-lines.ts';
import { readRepository } from './read-repository.ts';
import { readWorkTree } from './work-tree.ts';

export type FoundModel = { model: Model; dataset: Dataset; policy: Policy; root: string };

/** The model whose spec is at `file`, under the policy of the folder above it. AppError config/* when there is none. */
export async function findModel(file: string): Promise<FoundModel> {
  const spec = await realpath(file).catch(() => {
    throw new AppError('config/invalid-input', `there is no file ${file}`);
  });
  const root = await policyFolder(path.dirname(spec));
  const { repository, problems } = await readRepository(await readWorkTree(root));
  if (!repository) {
    const errors = problemLines(problems.filter(({ level }) => level === 'error'));
    throw new AppError('config/invalid-spec', `the specs are not valid\n${errors.join('\n')}`);
  }
  const relative = path.relative(root, spec).split(path.sep).join('/');
  const model = repository.models.find((one) => one.path === relative);
  if (!model) throw new AppError('config/invalid-input', `${relative} is no model's spec that ${POLICY_PATH} knows of`);
  const dataset = repository.datasets.find((one) => one.name === model.dataset);
  if (!dataset) throw new AppError('bug/invariant', `model ${model.name} without its dataset`);
  return { model, dataset, policy: repository.policy, root };
}

async function policyFolder(from: string): Promise<string> {
  for (let folder = from; ; folder = path.dirname(folder)) {
    const found = await access(path.join(folder, POLICY_PATH)).then(
      () => true,
      () => false,
    );
    if (found) return folder;
    if (folder === path.dirname(folder))
      throw new AppError('config/invalid-input', `there is no ${POLICY_PATH} above ${from}`);
  }
}
