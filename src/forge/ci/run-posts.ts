import { asStep } from './as-step.ts';
import { holds } from './expressions.ts';
import { githubContext } from './github-context.ts';
import { contextsOf, type Frame, type JobScope, newStep } from './job-scope.ts';

/** Runs what actions left to do after all steps, the last action first. A runner that is gone runs none of it. */
export const runPosts = async (scope: JobScope, frame: Frame): Promise<void> => {
  for (const post of [...scope.posts].reverse()) {
    const reason = scope.stop.reason();
    if (reason === 'force' || reason === 'lost') return;
    const step = newStep(scope.job.steps.length + 1, post.name);
    scope.job.steps.push(step);
    const conclusion = await asStep(scope, step, async (log) => {
      const contexts = contextsOf(scope, frame, githubContext(scope.world, scope.repository, scope.run));
      if (!holds(post.if, contexts, scope.progress)) return 'skipped';
      return (await post.run(log)) ? 'success' : 'failure';
    });
    if (conclusion === 'failure' && scope.progress === 'success') scope.progress = 'failure';
  }
};
