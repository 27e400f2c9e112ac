import { createServer } from 'node:net';

/** The wished port, or 0 (any free one) when something listens there already. */
export async function freePort(wished: number): Promise<number> {
  const probe = createServer();
  const free = await new Promise<boolean>((resolve) => {
    probe.once('error', () => resolve(false));
    probe.listen(wished, '127.0.0.1', () => resolve(true));
  });
  await new Promise((resolve) => (free ? probe.close(resolve) : resolve(undefined)));
  return free ? wished : 0;
}
