import { readFile } from 'node:fs/promises';
import { takeIdentitySource } from '../../agent/oidc-environment.ts';
import { type IdentitySource, tokenByIdentity } from '../../agent/oidc-token.ts';
import { type AgentOptions, runAgent } from '../../agent/run-agent.ts';
import { AppError } from '../../domain/errors.ts';
import { selfCommand } from '../../self-command.ts';

/** What cannot be interrupted (a query that runs in this process) is not waited for longer than that. */
const LINGER_MS = 1_000;
/** A server that is being restarted is waited for. */
const PATIENCE_MS = 600_000;

export type AgentArguments = {
  server: string;
  work: string;
  /** With `attempt`: what a run of GitHub Actions was dispatched for. */
  job?: string;
  attempt?: number;
  /** Instead of the environment's: what an agent that waited was given. */
  token?: string;
  json?: boolean;
};

/**
 * One attempt of one job. The token is read from the environment or a file, so that no list of processes shows it; in a
 * run of GitHub Actions there is none, and the run's identity token gets one. Environment: SLUICE_AGENT_TOKEN or
 * SLUICE_AGENT_TOKEN_FILE, or ACTIONS_ID_TOKEN_REQUEST_URL and _TOKEN; SLUICE_DATA_ROOT; SLUICE_GIT where git is not on the
 * PATH; and SLUICE_NODE_MODULES where training code in JavaScript may import from it. Answers 0 when the server had its
 * answer (also: cancelled, not wanted any more), 1 when the job failed.
 */
export async function agentCommand(
  parts: Pick<AgentOptions, 'createReader' | 'profilePartitions'>,
  options: AgentArguments,
): Promise<0 | 1 | 3> {
  const tokenFile = process.env.SLUICE_AGENT_TOKEN_FILE;
  const given =
    options.token ?? (tokenFile ? (await readFile(tokenFile, 'utf8')).trim() : process.env.SLUICE_AGENT_TOKEN);
  delete process.env.SLUICE_AGENT_TOKEN;
  const source = takeIdentitySource(process.env);
  const serverUrl = options.server.replace(/\/+$/, '');
  const ended = new AbortController();
  const end = () => ended.abort(new AppError('conflict/cancelled', 'the agent was asked to end'));
  process.once('SIGTERM', end).once('SIGINT', end);
  const nodeModules = process.env.SLUICE_NODE_MODULES;
  const token = howToGetToken(given, source, { ...options, server: serverUrl }, ended.signal);
  try {
    const outcome = await runAgent({
      serverUrl,
      token: await token(),
      workRoot: options.work,
      dataRoot: process.env.SLUICE_DATA_ROOT ?? '.',
      createReader: parts.createReader,
      profilePartitions: parts.profilePartitions,
      evaluateCommand: selfCommand('evaluate-task'),
      ...(nodeModules ? { nodeModules } : {}),
      signal: ended.signal,
    });
    process.stderr.write(`${outcome}\n`);
    return outcome === 'failed' ? 1 : 0;
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return 3;
  } finally {
    setTimeout(() => process.exit(), LINGER_MS).unref();
  }
}

function howToGetToken(
  given: string | undefined,
  source: IdentitySource | undefined,
  { server: serverUrl, job, attempt }: AgentArguments,
  signal: AbortSignal,
): () => Promise<string> {
  if (given) return async () => given;
  if (!source || job === undefined || attempt === undefined) throw noToken(source !== undefined);
  return () => tokenByIdentity({ serverUrl, source, asked: { job, attempt }, patienceMs: PATIENCE_MS, signal });
}

function noToken(hasSource: boolean): AppError {
  const message = hasSource
    ? 'a run of GitHub Actions needs --job and --attempt'
    : 'SLUICE_AGENT_TOKEN is not set: the runner that starts an agent sets it. In a run of GitHub Actions the job needs `permissions: id-token: write`, --job and --attempt';
  return new AppError('config/environment', message);
}
