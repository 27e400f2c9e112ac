/** The server that the agent of a run talks to, with GitHub's endpoint for identity tokens beside it. */
import { createServer, request as forward } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Dataset, Model } from '../../src/domain/spec/valid.ts';
import { openAgentWorld } from '../agent/agent-world.ts';

export type Sent = { method: string; path: string; bearer: string; body: string };

const DATASET: Dataset = {
  kind: 'Dataset',
  name: 'trips',
  path: 'data/trips.yaml',
  source: { uri: 'data/trips.csv', format: 'csv' },
  columns: [
    { name: 'day', type: 'integer', nullable: false, pii: false },
    { name: 'late', type: 'boolean', nullable: false, pii: false, sql: 'delay > 15', role: 'label' },
  ],
  splits: { train: 'day < 3', holdout: 'day >= 3' },
  checks: [],
};

/**
 * The agent API and its store are real, behind a door that writes down what is asked. The exchange of an identity token
 * is played: whether one is genuine is the business of the tests of that exchange.
 */
export async function openTrainWorld() {
  const world = await openAgentWorld({ leaseMs: 3_000 });
  const sent: Sent[] = [];
  /** Played instead of the real answer, by path. */
  const played = new Map<string, { status: number; body: string }>();

  const door = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks);
      const url = new URL(request.url!, 'http://door.invalid');
      const bearer = (request.headers.authorization ?? '').replace('Bearer ', '');
      sent.push({ method: request.method!, path: request.url!, bearer, body: body.toString() });
      const answer = played.get(url.pathname) ?? exchange(url.pathname, body);
      if (answer) {
        response.writeHead(answer.status, { 'content-type': 'application/json' }).end(answer.body);
        return;
      }
      const options = { method: request.method!, headers: request.headers };
      const onward = forward(new URL(request.url!, world.url), options, (real) => {
        response.writeHead(real.statusCode!, real.headers);
        real.pipe(response);
      });
      onward.on('error', () => response.destroy());
      onward.end(body);
    });
  });
  await new Promise<void>((resolve) => door.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(door.address() as AddressInfo).port}`;

  function exchange(pathname: string, body: Buffer): { status: number; body: string } | undefined {
    if (pathname === '/identity') return { status: 200, body: JSON.stringify({ value: 'identity-token' }) };
    if (pathname !== '/api/agent/token') return undefined;
    const { job, attempt } = JSON.parse(body.toString()) as { job: string; attempt: number };
    const token = world.tokens.issue({ jobId: job, attempt }, world.clock.now() + 600_000);
    return { status: 200, body: JSON.stringify({ token, job, attempt }) };
  }

  return {
    ...world,
    url,
    sent,
    played,
    /** A job that runs this program on two rows. */
    async job(program: string) {
      await world.commit({ 'data/trips.csv': 'day,delay\n1,10\n2,20\n3,30\n' });
      const { job } = await world.trainJob(program);
      if (job.task.kind !== 'train') throw new Error('a training was asked for');
      const model = { ...job.task.model, dataset: 'trips' } as Model;
      const task = { kind: 'train' as const, model, dataset: DATASET, allow: ['data/'] };
      return world.store.jobs.create({ ...job, id: crypto.randomUUID(), key: `train:${crypto.randomUUID()}`, task });
    },
    async close() {
      door.closeAllConnections();
      await new Promise((resolve) => door.close(resolve));
      await world.close();
    },
  };
}
