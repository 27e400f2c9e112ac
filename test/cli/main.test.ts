import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';

const main = path.resolve(import.meta.dirname, '../../src/cli/main.ts');

test('ends quietly when nobody reads its output any more', async () => {
  const child = spawn(process.execPath, ['--import', 'tsx', main, 'agent', '--help'], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  child.stdout.destroy();
  const [said, [code]] = await Promise.all([text(child.stderr), once(child, 'exit')]);
  expect({ said, code }).toEqual({ said: '', code: 0 });
});
