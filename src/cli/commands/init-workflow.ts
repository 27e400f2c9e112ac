import { ACTIONS_HOURS } from './init-policy.ts';

export type PinnedAction = {
  /** owner/name */
  repository: string;
  /** 40 hex digits. */
  commit: string;
  version: string;
};

/** The workflow that Sluice dispatches. Its inputs and its run-name are what the server fills in and looks for. */
export function workflowText({ repository, commit, version }: PinnedAction): string {
  return `# Sluice dispatches this workflow for every job that sluice.yaml gives to the runner "actions": training, evaluation
# and checks of data alike. Nobody starts it by hand. GitHub dispatches what is on the default branch.
name: sluice

# Sluice finds its run by this name: leave it as it is.
run-name: sluice \${{ inputs.job }}.\${{ inputs.attempt }}

on:
  workflow_dispatch:
    inputs:
      job:
        description: Id of the job
        required: true
        type: string
      attempt:
        description: Which attempt of the job this is
        required: true
        type: string
      server:
        description: Address of the Sluice server
        required: true
        type: string
      sha:
        description: Commit that the job works on. The agent asks the server for it; it is here for who reads the run.
        required: true
        type: string
      runs_on:
        description: Labels of the runner, a JSON list
        required: true
        type: string

# The one thing that the job needs of GitHub: to prove to the server which run it is. The server gives it a token for
# checking the code out, so not even contents: read is needed. No secrets, no "concurrency": Sluice decides what runs.
permissions:
  id-token: write

jobs:
  sluice:
    # From "runsOn" of the runner in sluice.yaml of the base branch.
    runs-on: \${{ fromJSON(inputs.runs_on) }}
    # The last resort: Sluice ends jobs by their own timeout. "maxHours: ${ACTIONS_HOURS}" of the runner, in minutes.
    timeout-minutes: ${ACTIONS_HOURS * 60}
    steps:
      # What the training command needs of the machine (Python and its packages, drivers) is in the runner's image, or
      # is installed by steps here. There is no checkout before: the agent has its own, of the job's commit.

      # By commit, so that what runs here changes only by a pull request. Uses the sluice of the runner's PATH if there
      # is one, installs its own otherwise.
      - uses: ${repository}/actions/train@${commit} # v${version}
        with:
          server: \${{ inputs.server }}
          job: \${{ inputs.job }}
          attempt: \${{ inputs.attempt }}
`;
}
