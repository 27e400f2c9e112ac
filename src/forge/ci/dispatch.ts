import { resolveCommit } from '../git/refs.ts';
import { HttpError } from '../http-error.ts';
import { repositoryObject } from '../objects/repository.ts';
import { userObject } from '../objects/user.ts';
import type { Repository } from '../state.ts';
import type { World } from '../world.ts';
import { createRun } from './create-run.ts';
import { checkInputs } from './dispatch-inputs.ts';
import type { Workflow, WorkflowRun } from './records.ts';
import { workflowAt } from './workflows.ts';

const resolveRef = async (repository: Repository, ref: string): Promise<{ ref: string; sha: string } | undefined> => {
  const candidates = ref.startsWith('refs/') ? [ref] : [`refs/heads/${ref}`, `refs/tags/${ref}`];
  for (const name of candidates) {
    if (!/^refs\/(heads|tags)\//.test(name)) continue;
    const sha = await resolveCommit(repository.gitDir, name);
    if (sha) return { ref: name, sha };
  }
  return undefined;
};

/** Starts a workflow by hand, with the file and the inputs as they are on `ref` (branch or tag). */
export const dispatchWorkflow = async (
  world: World,
  repository: Repository,
  workflow: Workflow,
  asked: { ref: string; inputs: unknown; actor: string },
): Promise<WorkflowRun> => {
  const at = await resolveRef(repository, asked.ref);
  if (!at) throw new HttpError(422, `No ref found for: ${asked.ref}`);
  const read = await workflowAt(world, repository, at.sha, workflow.path);
  if (!read) throw new HttpError(422, `Workflow '${workflow.path}' does not exist on ref '${asked.ref}'`);
  if ('errors' in read) throw new HttpError(422, `failed to parse workflow: ${read.errors.join('; ')}`);
  const { definition } = read;
  if (!definition.on.workflow_dispatch) {
    throw new HttpError(422, "Workflow does not have 'workflow_dispatch' trigger");
  }
  const inputs = checkInputs(definition.inputs, asked.inputs);
  const payload = {
    inputs: Object.fromEntries(Object.entries(inputs).map(([name, value]) => [name, String(value)])),
    ref: at.ref,
    workflow: workflow.path,
    repository: repositoryObject(world.state, repository),
    sender: userObject(world.state, asked.actor),
  };
  const title = definition.name ?? workflow.path;
  const fields = { event: 'workflow_dispatch', ...at, actor: asked.actor, inputs, payload, title, isFork: false };
  return createRun(world, repository, workflow, definition, fields);
};
