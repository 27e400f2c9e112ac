import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { within } from '../../src/agent/within.ts';
import { AppError } from '../../src/domain/errors.ts';

const never = () => new Promise<never>(() => undefined);

test('what never ends, ends when its time is over, in a process that has nothing else to wait for', async () => {
  const module = JSON.stringify(import.meta.resolve('../../src/agent/within.ts'));
  const script = `import { within } from ${module};
    const never = () => new Promise(() => undefined);
    within(200, new AbortController().signal, never).catch(({ code }) => console.log(code));`;
  const args = ['--import', import.meta.resolve('tsx'), '--input-type=module', '-e', script];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  expect(stdout.trim()).toBe('external/runner');
});

test('ends with its signal, at once when that was given before, and hands on what the work came to', async () => {
  const ended = AbortSignal.abort(new AppError('conflict/cancelled', 'enough'));
  await expect(within(60_000, ended, never)).rejects.toMatchObject({ code: 'conflict/cancelled' });
  const end = new AbortController();
  const waiting = within(60_000, end.signal, never);
  end.abort(new AppError('conflict/stale', 'moved on'));
  await expect(waiting).rejects.toMatchObject({ code: 'conflict/stale' });
  expect(await within(60_000, new AbortController().signal, async () => 'answer')).toBe('answer');
});
