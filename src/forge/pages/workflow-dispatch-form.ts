import type { Workflow } from '../ci/records.ts';
import type { InputDefinition } from '../ci/workflow-definition.ts';
import { workflowAt } from '../ci/workflows.ts';
import { atLeast, effectiveRole } from '../find.ts';
import { resolveCommit } from '../git/refs.ts';
import { type Html, html } from './html.ts';
import type { RepositoryContext } from './page-context.ts';

const field = (name: string, input: InputDefinition): Html => {
  const id = `input-${name}`;
  const preset = input.default === undefined ? '' : String(input.default);
  const options = input.type === 'boolean' ? ['false', 'true'] : input.options;
  const control =
    options.length > 0
      ? html`<select id="${id}" name="inputs.${name}">${options.map((option) => html`<option value="${option}" ${option === preset && html`selected`}>${option}</option>`)}</select>`
      : html`<input type="text" id="${id}" name="inputs.${name}" value="${preset}" ${input.required && html`required`}>`;
  return html`<p><label for="${id}">${input.description || name}</label><br>${control}</p>`;
};

/** The form behind “Run workflow”, for who may write and where the workflow can be started by hand. */
export const renderDispatchForm = async (context: RepositoryContext, workflow: Workflow): Promise<Html | undefined> => {
  const { world, repository, request, state, base } = context;
  if (!request.viewer || !atLeast(effectiveRole(state, repository, request.viewer), 'write')) return undefined;
  const sha = await resolveCommit(repository.gitDir, `refs/heads/${repository.defaultBranch}`);
  const read = sha ? await workflowAt(world, repository, sha, workflow.path) : undefined;
  if (!read || 'errors' in read || !read.definition.on.workflow_dispatch) return undefined;
  const fields = Object.entries(read.definition.inputs).map(([name, input]) => field(name, input));
  return html`<details class="card"><summary class="body">Run workflow</summary><form class="body" method="post" action="${base}/actions/workflows/${workflow.id}/dispatch">
<p><label for="ref">Branch or tag</label><br><input type="text" id="ref" name="ref" value="${repository.defaultBranch}" required></p>${fields}<button class="primary">Run workflow</button></form></details>`;
};
