import type { IdentitySource } from './oidc-token.ts';

type Environment = Record<string, string | undefined>;

/** What a runner of GitHub Actions gives a step that would let others speak for the run or the repository. */
const SECRET = /^(ACTIONS_(ID_TOKEN_REQUEST|RUNTIME|CACHE|RESULTS)_|GITHUB_TOKEN$|GH_TOKEN$)/;

/** Takes the way to identity tokens, and every other secret of the step, out of the environment. */
export function takeIdentitySource(environment: Environment): IdentitySource | undefined {
  const url = environment.ACTIONS_ID_TOKEN_REQUEST_URL;
  const token = environment.ACTIONS_ID_TOKEN_REQUEST_TOKEN;
  for (const name of Object.keys(environment)) if (SECRET.test(name)) delete environment[name];
  return url && token ? { url, token } : undefined;
}
