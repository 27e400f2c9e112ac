import path from 'node:path';
import { ActionError } from '../shared/action-error.ts';
import { childEnv } from '../shared/child-env.ts';
import { findSluice } from '../shared/find-sluice.ts';
import type { Io } from '../shared/io.ts';
import { runProgram } from '../shared/run-program.ts';

export type TrainInputs = { server: string; job: string; attempt: string; work?: string; dataRoot?: string };

const JOB = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const OUTCOME = /^(succeeded|failed|cancelled|superseded)$/;

/** Answers the exit code of the agent: 0 the server had its answer, 1 the job failed, else it could not work at all. */
export async function train(inputs: TrainInputs, io: Io, source: string): Promise<number> {
  const { job, attempt } = inputs;
  if (!JOB.test(job)) throw new ActionError(`The input "job" is ${JSON.stringify(job)}: it must be the id of a job`);
  if (!/^[1-9]\d{0,8}$/.test(attempt)) {
    throw new ActionError(`The input "attempt" is ${JSON.stringify(attempt)}: it must be a number from 1`);
  }
  const server = serverAddress(inputs.server);
  checkIdentity(io);
  const sluice = await findSluice(io, source);
  const work = inputs.work ?? path.join(io.env.RUNNER_TEMP ?? '.', 'sluice-work');
  const args = ['agent', '--server', server, '--work', work, '--job', job, '--attempt', attempt];
  const ended = await runProgram(io, [...sluice, ...args], {
    env: { ...childEnv(io.env, { identity: true }), ...(inputs.dataRoot ? { SLUICE_DATA_ROOT: inputs.dataRoot } : {}) },
    forwardSignals: true,
  });
  const told = ended.code < 2 ? ended.stderr.findLast((line) => OUTCOME.test(line)) : undefined;
  const outcome = told ?? (ended.interrupted ? 'cancelled' : 'error');
  const said = ended.stderr.filter((line) => line.trim() !== '').at(-1);
  return report(io, { code: ended.code, outcome, said, job: `${job}.${attempt}`, server });
}

type Report = { code: number; outcome: string; said: string | undefined; job: string; server: string };

async function report(io: Io, { code, outcome, said, job, server }: Report): Promise<number> {
  io.output('outcome', outcome);
  if (outcome === 'failed') io.error(`Job ${job} failed: the check on the pull request says why`);
  if (outcome === 'superseded') io.notice(`Nothing was done: ${server} wants nothing of ${job} any more`);
  if (outcome === 'error') io.error(`The agent of ${job} could not work: ${said ?? `it ended with ${code}`}`);
  const words = outcome === 'error' ? `the agent could not work (exit code ${code})` : outcome;
  await io.summary(`Sluice job \`${job}\` of ${server}: **${words}**`);
  return outcome === 'error' ? Math.max(code, 1) : code;
}

function serverAddress(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '') {
    throw new ActionError(`The input "server" is ${JSON.stringify(text)}: it must be an address such as https://host`);
  }
  return text.replace(/\/+$/, '');
}

function checkIdentity({ env }: Io): void {
  if (env.SLUICE_AGENT_TOKEN) return;
  if (env.ACTIONS_ID_TOKEN_REQUEST_URL && env.ACTIONS_ID_TOKEN_REQUEST_TOKEN) return;
  throw new ActionError(
    'This job may not ask GitHub for an identity token, so that the server would not know it. ' +
      'Add to the workflow or the job:\n\npermissions:\n  id-token: write',
  );
}
