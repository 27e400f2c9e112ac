import { createHash } from 'node:crypto';
import { cp, mkdir, readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { AppError } from '../domain/errors.ts';
import { POLICY_PATH } from '../domain/spec/parse-policy.ts';
import type { Model } from '../domain/spec/valid.ts';
import { saveState } from '../serve/state.ts';
import { readRepository } from './read-repository.ts';
import { readWorkTree } from './work-tree.ts';

/** Makes an artifact from a work tree what the serving folder serves, as the one version `local`. */
export async function placeModel(folder: string, spec: string, artifact: string): Promise<void> {
  const model = await readModel(path.resolve(spec));
  const info = await stat(artifact).catch(() => undefined);
  if (!info) throw new AppError('config/invalid-input', `There is no ${artifact}`);
  const main = info.isDirectory() ? path.join(artifact, path.basename(model.artifact.path)) : artifact;
  const digest = createHash('sha256')
    .update(await readFile(main))
    .digest('hex')
    .slice(0, 32);
  const relative = `versions/${digest}`;
  const target = path.join(folder, relative, path.dirname(model.artifact.path));
  await mkdir(target, { recursive: true });
  if (info.isDirectory()) {
    for (const entry of await readdir(artifact)) {
      await cp(path.join(artifact, entry), path.join(target, entry), { recursive: true });
    }
  } else await cp(artifact, path.join(target, path.basename(model.artifact.path)));
  const version = { version: 'local', percent: 100, folder: relative, model };
  await saveState(folder, { repository: 'local/local', deployment: model.name, versions: [version] });
}

/** The model that a spec declares, judged with the policy and the datasets around it. */
async function readModel(spec: string): Promise<Model> {
  const root = await findRoot(path.dirname(spec), spec);
  const { repository, problems } = await readRepository(await readWorkTree(root));
  const name = path.relative(root, spec).split(path.sep).join('/');
  const model = repository?.models.find((one) => one.path === name);
  if (model) return model;
  const error = problems.find(({ level }) => level === 'error');
  const why = error ? `${error.path}:${error.line}: ${error.message}` : `the policy's specs do not name ${name}`;
  throw new AppError('config/invalid-spec', why);
}

async function findRoot(folder: string, spec: string): Promise<string> {
  if (await stat(path.join(folder, POLICY_PATH)).catch(() => undefined)) return folder;
  const above = path.dirname(folder);
  if (above === folder) throw new AppError('config/invalid-input', `No ${POLICY_PATH} in the folders above ${spec}`);
  return findRoot(above, spec);
}
