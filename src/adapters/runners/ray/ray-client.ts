import { AppError } from '../../../domain/errors.ts';
import { type Answer, sendRequest } from './send-request.ts';
import type { Submission } from './submission.ts';

/** The parts of JobDetails (Ray's dashboard/modules/job/pydantic_models.py) that matter here. */
export type RayJob = {
  type: 'SUBMISSION' | 'DRIVER';
  submission_id: string | null;
  status: 'PENDING' | 'RUNNING' | 'STOPPED' | 'SUCCEEDED' | 'FAILED';
  message: string | null;
  /** JobErrorType; older clusters tell none. */
  error_type?: string | null;
  /** Epoch milliseconds. */
  end_time: number | null;
  metadata: Record<string, string> | null;
  /** Of the agent; none when Ray could not start it or lost it. */
  driver_exit_code?: number | null;
};

/** What a node has in all, free or not. */
export type RayNode = { cpus: number; gpus: number; memoryBytes: number };

export type RayClient = {
  /** `doubled`: the cluster has one of that id, and keeps it as it is. */
  submit(submission: Submission): Promise<'submitted' | 'doubled'>;
  get(id: string): Promise<RayJob | undefined>;
  list(): Promise<RayJob[]>;
  /** Answers before the job has ended; of an unknown one: nothing happens. */
  stop(id: string): Promise<void>;
  /** Of a job that has ended. */
  remove(id: string): Promise<void>;
  /** Everything that its driver printed; nothing of an unknown one. */
  logs(id: string): Promise<string>;
  /** That are there now. */
  nodes(): Promise<RayNode[]>;
};

const TIMEOUT_MS = 15_000;
/** The dashboard itself waits up to ten seconds for its agent. */
const SUBMIT_TIMEOUT_MS = 30_000;
const MAX_BYTES = 64 * 2 ** 20;
const SAID_CHARACTERS = 300;

/** Ray's Jobs API. Every call ends in time; what it throws is an AppError that names the address. */
export function createRayClient(options: { address: string; token?: string; timeoutMs?: number }): RayClient {
  const { address } = options;
  const headers = {
    accept: 'application/json',
    'content-type': 'application/json',
    ...(options.token === undefined ? {} : { authorization: `Bearer ${options.token}` }),
  };

  async function ask(method: string, path: string, body?: unknown): Promise<Answer> {
    const timeoutMs = options.timeoutMs ?? (method === 'POST' ? SUBMIT_TIMEOUT_MS : TIMEOUT_MS);
    const sent = body === undefined ? {} : { body: JSON.stringify(body) };
    const request = { method, headers, timeoutMs, maxBytes: MAX_BYTES, ...sent };
    const answer = await sendRequest(`${address}/api/${path}`, request).catch((cause: Error) => {
      const message = `the Ray dashboard at ${address} cannot be reached: ${causeOf(cause)}`;
      throw new AppError('external/runner', message, { cause });
    });
    if (answer.status === 401 || answer.status === 403) {
      const [is, what] = options.token === undefined ? ['wants a token', 'set'] : ['refuses the token', 'correct'];
      const message = `the Ray dashboard at ${address} ${is} (${answer.status}): ${what} SLUICE_RAY_TOKEN`;
      throw new AppError('permission/unauthenticated', message);
    }
    return answer;
  }

  function refused(answer: Answer): AppError {
    const message = `the Ray dashboard at ${address} answers ${answer.status}: ${lastLine(answer.text)}`;
    return new AppError(answer.status === 400 ? 'config/environment' : 'external/runner', message);
  }

  function parse<T>(answer: Answer, isRight: (value: T) => boolean): T {
    if (answer.status !== 200) throw refused(answer);
    try {
      const value = JSON.parse(answer.text) as T;
      if (isRight(value)) return value;
    } catch {
      // said below
    }
    const message = `what answers at ${address} is no Ray dashboard with the Jobs API: ${lastLine(answer.text)}`;
    throw new AppError('external/runner', message);
  }

  const at = (id: string) => `jobs/${encodeURIComponent(id)}`;

  return {
    async submit(submission) {
      const answer = await ask('POST', 'jobs/', submission);
      // the dashboard passes the node's 400 on as a 500 with both tracebacks
      if (answer.status >= 400 && answer.text.includes(`${submission.submission_id} already exists`)) return 'doubled';
      const isOurs = (value: unknown) => isObject(value) && value.submission_id === submission.submission_id;
      parse(answer, isOurs);
      return 'submitted';
    },
    async get(id) {
      const answer = await ask('GET', at(id));
      return answer.status === 404 ? undefined : parse(answer, isJob);
    },
    list: async () => parse<RayJob[]>(await ask('GET', 'jobs/'), (jobs) => Array.isArray(jobs) && jobs.every(isJob)),
    async stop(id) {
      const answer = await ask('POST', `${at(id)}/stop`);
      if (answer.status !== 404) parse(answer, isObject);
    },
    async remove(id) {
      const answer = await ask('DELETE', at(id));
      if (answer.status !== 404) parse(answer, isObject);
    },
    async logs(id) {
      const answer = await ask('GET', `${at(id)}/logs`);
      if (answer.status === 404) return '';
      return parse<{ logs: string }>(answer, (value) => isObject(value) && typeof value.logs === 'string').logs;
    },
    async nodes() {
      type Listed = { state: string; resources_total: Record<string, number> };
      type List = { data: { result: { result: Listed[] } } };
      const answer = await ask('GET', 'v0/nodes?detail=1&limit=10000');
      const { data } = parse<List>(answer, (list) => Array.isArray(list?.data?.result?.result));
      return data.result.result
        .filter(({ state }) => state === 'ALIVE')
        .map(({ resources_total: has }) => ({
          cpus: has?.CPU ?? 0,
          gpus: has?.GPU ?? 0,
          memoryBytes: has?.memory ?? 0,
        }));
    },
  };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isJob(value: RayJob): boolean {
  return isObject(value) && typeof value.status === 'string' && typeof value.type === 'string';
}

/** Of a Python traceback that is what went wrong. */
function lastLine(text: string): string {
  const lines = text.split('\n').map((line) => line.trim());
  return (lines.filter((line) => /\w/.test(line)).at(-1) ?? 'nothing').slice(0, SAID_CHARACTERS);
}

/** Node leaves the message empty when several addresses of a name refused. */
function causeOf(error: NodeJS.ErrnoException): string {
  return error.message || (error.code ?? 'no reason was given');
}
