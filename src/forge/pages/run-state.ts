import type { RunConclusion, RunStatus, StepConclusion } from '../ci/records.ts';
import type { Html } from './html.ts';
import { type IconName, icon } from './icons.ts';

type Shown = { status: RunStatus; conclusion: RunConclusion | StepConclusion | undefined };

const icons: Record<RunConclusion, IconName> = {
  success: 'success',
  failure: 'failure',
  startup_failure: 'failure',
  timed_out: 'failure',
  cancelled: 'cancelled',
  skipped: 'skipped',
};

/** Status and conclusion of a run, a job or a step as one word. */
export const stateWord = ({ status, conclusion }: Shown): string => (conclusion ?? status).replace('_', ' ');

export const stateIcon = (shown: Shown): Html => {
  const name = shown.conclusion ? icons[shown.conclusion] : shown.status === 'in_progress' ? 'running' : 'queued';
  return icon(name, stateWord(shown));
};
