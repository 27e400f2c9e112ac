import { AppError } from '../../domain/errors.ts';

export type InitRunner = 'local' | 'actions' | 'kubernetes' | 'ray';

export type InitPlace = {
  runner: InitRunner;
  /** actions: labels of the runner. */
  runsOn: string[];
  /** kubernetes */
  namespace: string;
  image?: string;
  /** ray: of the dashboard. */
  address: string;
  owners: string[];
};

export const WORKFLOW_FILE = 'sluice-train.yml';
/** A job of GitHub's own runners is ended after six hours. */
export const ACTIONS_HOURS = 6;

/** The entry of `runners` in sluice.yaml, with what each line is for. Errors: config/invalid-input for a missing answer. */
export function runnerEntry({ runner, runsOn, namespace, image, address }: InitPlace): string {
  switch (runner) {
    case 'local':
      return `  # Processes on the machine of the server. No sandbox: for repositories whose writers you trust.
  local:
    type: local
    maxHours: 2
`;
    case 'actions':
      return `  # Dispatches .github/workflows/${WORKFLOW_FILE} of the default branch.
  actions:
    type: actions
    workflow: ${WORKFLOW_FILE}
    runsOn: ${list(runsOn)}
    # When no runner with these labels takes the job, the check says so.
    startWithin: 10m
    maxHours: ${ACTIONS_HOURS}
`;
    case 'kubernetes':
      if (image === undefined) {
        const hint = 'with its digest, such as --image registry.example/sluice@sha256:<64 hex>';
        throw new AppError('config/invalid-input', `--runner kubernetes needs --image: what jobs run in, ${hint}`);
      }
      return `  # One Job an attempt. The server's operator allows the namespace in SLUICE_KUBERNETES_NAMESPACES.
  kubernetes:
    type: kubernetes
    namespace: ${string(namespace)}
    # Has sluice and what the training command needs. Another digest is another training.
    image: ${string(image)}
    # queue: the LocalQueue, where Kueue decides who runs
    gpu: 0
    maxHours: 6
`;
    case 'ray':
      return `  # One Ray job an attempt. The server's operator allows the address in SLUICE_RAY_ADDRESSES.
  ray:
    type: ray
    address: ${string(address)}
    # The nodes of the cluster have this program, with Node.js and git.
    agent: [sluice, agent]
    cpus: 1
    maxHours: 6
`;
  }
}

export function policyText(place: InitPlace): string {
  const { owners } = place;
  const named = owners.map((name) => (name.startsWith('@') ? name : `@${name}`));
  const ownersText =
    owners.length > 0
      ? `# Who approves what; a glob of paths beside "default" decides for those paths.\nowners:\n  default: ${list(named)}\n`
      : '# Nobody is named: anyone with write access may approve.\n# owners: { default: ["@login", "@org/team"] }\n';
  return `# Who may change models, where they are trained and what that may cost. Sluice reads this file from the base branch
# only: a pull request cannot change the rules that it is judged by.
apiVersion: sluice/v1
kind: Policy
# Where the datasets, models, deployments and monitors are declared.
specs: ["models/**/model.yaml", "data/*.yaml", "deployments/*.yaml", "monitors/*.yaml"]
runners:
${runnerEntry(place)}# Places that data may be read from: folders of this repository (data/) or below the data root (file:sales/).
data: { allow: ["data/"] }
${ownersText}approvals: { required: 1, allowAuthor: false }
`;
}

const string = (text: string): string => JSON.stringify(text);

const list = (texts: string[]): string => `[${texts.map(string).join(', ')}]`;
