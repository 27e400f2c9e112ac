import { readObject } from '../git/read-objects.ts';
import { resolveCommit } from '../git/refs.ts';
import { listTree } from '../git/trees.ts';
import type { Repository } from '../state.ts';
import { memoize, nextId, now, type World } from '../world.ts';
import type { Workflow } from './records.ts';
import { type ReadWorkflow, readWorkflow } from './workflow-definition.ts';

const folder = '.github/workflows';

/** The workflow file as a commit has it; undefined where there is none. */
export const workflowAt = (
  world: World,
  repository: Repository,
  sha: string,
  path: string,
): Promise<ReadWorkflow | undefined> =>
  memoize(world, `workflow ${repository.id} ${sha}:${path}`, async () => {
    const object = await readObject(repository.gitDir, `${sha}:${path}`);
    return object?.type === 'blob' ? readWorkflow(path, object.content.toString()) : undefined;
  });

const pathsAt = (world: World, repository: Repository, sha: string): Promise<string[]> =>
  memoize(world, `workflows ${repository.id} ${sha}`, async () => {
    const entries = await listTree(repository.gitDir, `${sha}:${folder}`);
    return (entries ?? [])
      .filter((entry) => entry.type === 'blob' && /\.ya?ml$/.test(entry.path))
      .map((entry) => `${folder}/${entry.path}`);
  });

/** The workflows of the default branch, oldest first; one whose file is gone is only known by its runs. */
export const listWorkflows = async (world: World, repository: Repository): Promise<Workflow[]> => {
  const sha = await resolveCommit(repository.gitDir, `refs/heads/${repository.defaultBranch}`);
  const paths = sha ? await pathsAt(world, repository, sha) : [];
  for (const path of paths) {
    const read = sha ? await workflowAt(world, repository, sha, path) : undefined;
    const name = (read && 'definition' in read ? read.definition.name : undefined) ?? path;
    const known = repository.actions.workflows.find((each) => each.path === path);
    if (!known) {
      const at = now();
      repository.actions.workflows.push({
        id: nextId(world),
        path,
        name,
        state: 'active',
        createdAt: at,
        updatedAt: at,
      });
      continue;
    }
    if (known.state === 'deleted') known.state = 'active';
    if (known.name !== name) Object.assign(known, { name, updatedAt: now() });
  }
  for (const workflow of repository.actions.workflows) if (!paths.includes(workflow.path)) workflow.state = 'deleted';
  return repository.actions.workflows.filter((workflow) => workflow.state !== 'deleted');
};

/** By number or by file name (`train.yml`), as the API takes both. */
export const findWorkflow = async (
  world: World,
  repository: Repository,
  idOrFile: string,
): Promise<Workflow | undefined> => {
  const all = await listWorkflows(world, repository);
  return all.find(
    (workflow) =>
      String(workflow.id) === idOrFile || workflow.path === idOrFile || workflow.path === `${folder}/${idOrFile}`,
  );
};
