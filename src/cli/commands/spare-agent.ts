import type { AgentOptions } from '../../agent/run-agent.ts';
import type { SpareOrder } from '../../ports/spare-order.ts';
import { agentCommand } from './agent.ts';

/**
 * Waits for one line of JSON on standard input and does what it says, as `sluice agent` would. Everything slow about a
 * start is over by then. Answers 0 when the input ends without it: whoever was to give it is gone.
 */
export async function spareAgentCommand(
  parts: Pick<AgentOptions, 'createReader' | 'profilePartitions'> & { warmUp(): Promise<void> },
  { work }: { work: string },
): Promise<0 | 1 | 3> {
  const order = readOrder();
  // what cannot be warmed up fails again, and is told, when it is needed
  await Promise.all([parts.warmUp(), fetch('data:,')]).catch(() => undefined);
  const given = await order;
  if (!given) return 0;
  const { name, serverUrl, token } = given;
  // what is started for the job is known by it
  process.env.SLUICE_JOB = name;
  process.title = `sluice agent ${name} --work ${work}`;
  return agentCommand(parts, { server: serverUrl, work, token });
}

async function readOrder(): Promise<SpareOrder | undefined> {
  let text = '';
  for await (const piece of process.stdin.setEncoding('utf8')) text += piece;
  return text.endsWith('\n') ? (JSON.parse(text) as SpareOrder) : undefined;
}
