import { type AgentOptions, runAgent } from '../../agent/run-agent.ts';
import { AppError } from '../../domain/errors.ts';
import { selfCommand } from '../../self-command.ts';

/** What cannot be interrupted (a query that runs in this process) is not waited for longer than that. */
const LINGER_MS = 1_000;

/**
 * One attempt of one job. The token is read from the environment, so that no list of processes shows it. Environment:
 * SLUICE_AGENT_TOKEN, SLUICE_DATA_ROOT, and SLUICE_NODE_MODULES where training code in JavaScript may import from it.
 * Answers 0 when the server had its answer (also: cancelled, not wanted any more), 1 when the job failed.
 */
export async function agentCommand(
  parts: Pick<AgentOptions, 'createReader'>,
  options: { server: string; work: string; json?: boolean },
): Promise<0 | 1 | 3> {
  const token = process.env.SLUICE_AGENT_TOKEN;
  if (!token) {
    throw new AppError('config/environment', 'SLUICE_AGENT_TOKEN is not set: the runner that starts an agent sets it');
  }
  delete process.env.SLUICE_AGENT_TOKEN;
  const ended = new AbortController();
  const end = () => ended.abort(new AppError('conflict/cancelled', 'the agent was asked to end'));
  process.once('SIGTERM', end).once('SIGINT', end);
  const nodeModules = process.env.SLUICE_NODE_MODULES;
  try {
    const outcome = await runAgent({
      serverUrl: options.server,
      token,
      workRoot: options.work,
      dataRoot: process.env.SLUICE_DATA_ROOT ?? '.',
      createReader: parts.createReader,
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
