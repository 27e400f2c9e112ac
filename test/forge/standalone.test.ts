import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { expect, test } from 'vitest';

test('the forge runs on its own, and ends when told to', async () => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'sluice-'));
  const args = ['--import', 'tsx', 'src/forge/main.ts', '--port', '0', '--data', folder];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    const said: string[] = [];
    for await (const line of createInterface({ input: child.stdout })) {
      said.push(line);
      if (line.startsWith('http://')) break;
    }
    const url = said.at(-1) ?? '';
    const answer = await fetch(`${url}/api/v3/repos/owner/example`);
    expect(await answer.json()).toMatchObject({ full_name: 'owner/example', default_branch: 'main' });
    expect(await (await fetch(url)).text()).toContain('owner/example');
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([0, null]);
  } finally {
    child.kill('SIGKILL');
    await rm(folder, { recursive: true, force: true });
  }
});
