import { type ChildProcess, spawn } from 'node:child_process';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, expect, it } from 'vitest';
import { testConfig, until } from './server-world.ts';

let child: ChildProcess | undefined;
afterEach(() => {
  child?.kill('SIGKILL');
});

const env = {
  PATH: process.env.PATH,
  APP_ID: '12',
  PRIVATE_KEY: testConfig.privateKey,
  WEBHOOK_SECRET: testConfig.webhookSecret,
  SLUICE_SECRET: testConfig.agentSecret,
  GHE_HOST: '127.0.0.1:9',
  GHE_PROTOCOL: 'http',
  PORT: '0',
  LOG_LEVEL: 'silent',
};

function start(change: Record<string, string | undefined>) {
  const script = path.join(import.meta.dirname, 'server-process.ts');
  const running = spawn(process.execPath, ['--import', 'tsx', script], {
    // Probot narrows the type of LOG_LEVEL in every environment
    env: { ...env, ...change } as NodeJS.ProcessEnv,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  child = running;
  const lines: string[] = [];
  createInterface({ input: running.stdout }).on('line', (line) => lines.push(line));
  const ended = new Promise<number | null>((resolve) => running.on('close', resolve));
  return { running, lines, ended };
}

it.each(['SIGTERM', 'SIGINT'] as const)(
  'on %s finishes what it is at, closes everything and ends with 0',
  async (signal) => {
    const { running, lines, ended } = start({});
    await until('it looks', () => lines.includes('looking'));
    running.kill(signal);
    expect(await ended).toBe(0);
    expect(lines.slice(-2)).toEqual(['looked', 'closed']);
    expect(JSON.parse(lines.find((line) => line.startsWith('{'))!)).toEqual({
      url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
    });
  },
);

it('does not start with a default secret, and says which one', async () => {
  const { lines, ended } = start({ WEBHOOK_SECRET: 'development' });
  expect(await ended).toBe(2);
  expect(JSON.parse(lines.join('\n'))).toMatchObject({ problems: [{ variable: 'WEBHOOK_SECRET' }] });
});
