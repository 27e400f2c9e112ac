import { type AgentCall, type Answer, heardFrom } from './context.ts';
import { parseUsage } from './parse-usage.ts';
import type { HeartbeatAnswer } from './protocol.ts';
import { readJson } from './read-json.ts';

const MAX_BODY = 10_000;

export async function heartbeat(call: AgentCall): Promise<Answer> {
  const empty = call.request.headers['content-length'] === '0' || call.request.headers['content-type'] === undefined;
  const usage = empty ? undefined : parseUsage((await readJson(call.request, MAX_BODY)).usage);
  const job = await heardFrom(call, usage ? { usage } : {});
  return { status: 200, body: { cancel: job.cancelRequested } satisfies HeartbeatAnswer };
}
