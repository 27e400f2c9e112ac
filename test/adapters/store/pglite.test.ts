import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createPgliteStore } from '../../../src/adapters/store/pglite.ts';
import { storeContract } from '../../contract/store.ts';
import { copyDatabase, openTestStore } from '../../harness/database.ts';

storeContract('PGlite', (now) => openTestStore({ now }));

describe('PGlite in a folder', () => {
  let folder: string;
  let child: ChildProcess | undefined;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'sluice-'));
    await copyDatabase(folder);
  });
  afterEach(async () => {
    child?.kill('SIGKILL');
    await rm(folder, { recursive: true, force: true });
  });

  /** Another process with the store open; `said` resolves with every number it had acknowledged when it was killed. */
  async function holder(): Promise<{ kill: () => Promise<number> }> {
    const script = fileURLToPath(import.meta.resolve('./hold-folder.ts'));
    const running = spawn(process.execPath, ['--import', 'tsx', script, folder], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    child = running;
    let said = 0;
    const lines = createInterface({ input: running.stdout });
    const ended = new Promise<void>((resolve) => lines.on('close', () => resolve()));
    await new Promise<void>((resolve, reject) => {
      running.on('exit', () => reject(new Error('the holder ended early')));
      lines.on('line', (line) => {
        said = Number(line);
        if (said === 20) resolve();
      });
    });
    return {
      kill: async () => {
        running.kill('SIGKILL');
        await ended;
        return said;
      },
    };
  }

  test('is refused while another process holds it, and loses nothing acknowledged when that one is killed', async () => {
    const other = await holder();
    await expect(createPgliteStore({ folder })).rejects.toMatchObject({
      code: 'config/environment',
      message: expect.stringContaining(`process ${child!.pid}`),
    });
    const acknowledged = await other.kill();
    const store = await createPgliteStore({ folder });
    const kept = await store.documents.list<{ count: number }>('count', '');
    expect(kept.length).toBeGreaterThanOrEqual(acknowledged);
    expect(kept.map(({ value }) => value.count)).toEqual(kept.map((_, index) => index + 1));
    // what the dead process was working on is free at once, its hour's lease notwithstanding
    expect((await store.queue.take(1_000))?.key).toBe('pull:acme/flights#1');
    await expect(createPgliteStore({ folder })).rejects.toMatchObject({ code: 'config/environment' });
    await store.close();
    const reopened = await createPgliteStore({ folder });
    expect(await reopened.documents.list('count', '')).toHaveLength(kept.length);
    await reopened.close();
  });

  test('takes over the lock of a process that is gone and of an earlier process with a recycled pid', async () => {
    const file = path.join(folder, 'store.lock');
    const stale = (holder: object) => writeFile(file, JSON.stringify({ host: os.hostname(), token: 'x', ...holder }));
    await stale({ pid: process.ppid, started: '1' });
    await (await createPgliteStore({ folder })).close();
    await stale({ pid: 2 ** 22 + 1, started: '1' });
    await (await createPgliteStore({ folder })).close();
    await writeFile(file, 'cut off');
    await (await createPgliteStore({ folder })).close();
  });
});
