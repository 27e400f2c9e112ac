/** The workflow that users have, with one step that does `run`. */
export const workflowFile = (run: string): string => `name: sluice
run-name: sluice \${{ inputs.job }}.\${{ inputs.attempt }}
on:
  workflow_dispatch:
    inputs:
      job: { required: true, type: string }
      attempt: { required: true, type: string }
      server: { required: true, type: string }
      sha: { required: true, type: string }
      runs_on: { required: true, type: string }
permissions:
  id-token: write
jobs:
  sluice:
    runs-on: \${{ fromJSON(inputs.runs_on) }}
    steps:
      - name: Train
        run: ${JSON.stringify(run)}
`;
