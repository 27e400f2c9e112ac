import { expect, it } from 'vitest';
import { readHistory } from '../../src/cli/monitor/history.ts';

const HOUR = 3_600_000;
const observed: number[] = [];
const source = { observe: async (_watched: unknown, { from }: { from: number }) => void observed.push(from) };
const read = (to: number) => {
  const watched = { repository: 'acme/shop', monitor: { windowSeconds: 3600 }, allow: [] };
  return readHistory(source as never, watched as never, { from: 0, to } as never);
};

it('reads the whole windows of a span, and refuses one that has too many to read all', async () => {
  expect((await read(2.5 * HOUR)).windows).toHaveLength(2);
  expect(observed).toEqual([0, HOUR]);
  await expect(read(20_001 * HOUR)).rejects.toMatchObject({
    code: 'config/invalid-input',
    message: expect.stringMatching(/20001 windows of 3600 s.*narrow/),
  });
  expect(observed).toHaveLength(2);
});
