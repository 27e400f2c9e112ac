import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { type Config, readConfig } from '../../src/server/config.ts';

const pem = generateKeyPairSync('rsa', { modulusLength: 2048 })
  .privateKey.export({ type: 'pkcs8', format: 'pem' })
  .toString();
const env = {
  APP_ID: '12',
  PRIVATE_KEY: pem,
  WEBHOOK_SECRET: 'w'.repeat(32),
  SLUICE_SECRET: 's'.repeat(32),
};
const noFile = (): string => {
  throw Object.assign(new Error('no such file'), { code: 'ENOENT' });
};
const variablesRefused = (changed: Record<string, string | undefined>): string[] => {
  const config = readConfig({ ...env, ...changed }, noFile);
  return 'problems' in config ? config.problems.map(({ variable }) => variable) : [];
};

describe('readConfig', () => {
  it('takes what is needed and fills in the rest', () => {
    expect(readConfig(env, noFile)).toMatchObject({
      appId: 12,
      apiUrl: 'https://api.github.com',
      publicUrl: undefined,
      databaseUrl: undefined,
      throttle: true,
      port: 3000,
      host: '127.0.0.1',
      logLevel: 'info',
      observationDays: 400,
    });
    expect(readConfig({ ...env, SLUICE_OBSERVATION_DAYS: '30' }, noFile)).toMatchObject({ observationDays: 30 });
    for (const days of ['0', '29', '30.5', '10000']) {
      expect(variablesRefused({ SLUICE_OBSERVATION_DAYS: days })).toEqual(['SLUICE_OBSERVATION_DAYS']);
    }
  });

  it.each<[Record<string, string>, 'everyone' | 'loopback' | undefined]>([
    [{}, 'loopback'],
    [{ SLUICE_URL: 'http://localhost:3000' }, 'loopback'],
    [{ SLUICE_URL: 'https://sluice.example.com' }, undefined],
    [{ HOST: '0.0.0.0' }, undefined],
    [{ HOST: '0.0.0.0', SLUICE_REPORTS: 'on' }, 'everyone'],
    [{ SLUICE_REPORTS: 'off' }, undefined],
  ])('with %j reports are for %s', (changed, expected) => {
    expect((readConfig({ ...env, ...changed }, noFile) as Config).reports).toBe(expected);
  });

  it.each<[string, Record<string, string | undefined>, string[]]>([
    ['a missing app id', { APP_ID: undefined }, ['APP_ID']],
    ['a missing key', { PRIVATE_KEY: undefined }, ['PRIVATE_KEY_PATH']],
    ['a key file that is not there', { PRIVATE_KEY: undefined, PRIVATE_KEY_PATH: '/nowhere' }, ['PRIVATE_KEY_PATH']],
    ['something that is no key', { PRIVATE_KEY: 'secret' }, ['PRIVATE_KEY']],
    ['no webhook secret', { WEBHOOK_SECRET: undefined }, ['WEBHOOK_SECRET']],
    ['an empty webhook secret', { WEBHOOK_SECRET: '  ' }, ['WEBHOOK_SECRET']],
    ["Probot's default secret", { WEBHOOK_SECRET: 'development' }, ['WEBHOOK_SECRET']],
    ['a short secret', { WEBHOOK_SECRET: 'fifteen-letters' }, ['WEBHOOK_SECRET']],
    ['no secret for agents', { SLUICE_SECRET: '' }, ['SLUICE_SECRET']],
    ['an address without protocol', { SLUICE_URL: 'sluice.example.com' }, ['SLUICE_URL']],
    ['a port out of range', { PORT: '70000' }, ['PORT']],
    ['an unknown protocol', { GHE_PROTOCOL: 'ftp' }, ['GHE_PROTOCOL']],
    ['an unknown audience of reports', { SLUICE_REPORTS: 'public' }, ['SLUICE_REPORTS']],
    ['epochs that are none', { SLUICE_MONITOR_TOKEN_EPOCHS: '2, live=3' }, ['SLUICE_MONITOR_TOKEN_EPOCHS']],
    ['a host with a path', { GHE_HOST: 'github.example.com/api' }, ['GHE_HOST']],
    ['an unknown log level', { LOG_LEVEL: 'loud' }, ['LOG_LEVEL']],
    ['all of it at once', { APP_ID: 'x', SLUICE_SECRET: '', PORT: '-1' }, ['APP_ID', 'SLUICE_SECRET', 'PORT']],
  ])('refuses %s', (_, changed, expected) => {
    expect(variablesRefused(changed)).toEqual(expected);
  });

  it('says how to get what is missing', () => {
    const config = readConfig({ ...env, WEBHOOK_SECRET: '' }, noFile);
    expect(config).toEqual({
      problems: [
        {
          variable: 'WEBHOOK_SECRET',
          problem: 'is not set',
          fix: 'Make one with: openssl rand -hex 32; enter the same on the settings page of your GitHub App',
        },
      ],
    });
  });

  it.each([
    ['as it is', pem],
    ['on one line', pem.replace(/\n/g, '\\n')],
    ['in Base64', Buffer.from(pem).toString('base64')],
  ])('reads a key written %s', (_, key) => {
    expect((readConfig({ ...env, PRIVATE_KEY: key }, noFile) as Config).privateKey.trim()).toBe(pem.trim());
  });

  it('reads a key from its file', () => {
    const read = (file: string): string => (file === '/keys/app.pem' ? pem : noFile());
    const config = readConfig({ ...env, PRIVATE_KEY: undefined, PRIVATE_KEY_PATH: '/keys/app.pem' }, read) as Config;
    expect(config.privateKey.trim()).toBe(pem.trim());
  });

  it('reaches a GitHub Enterprise server', () => {
    const config = readConfig({ ...env, GHE_HOST: 'localhost:4000', GHE_PROTOCOL: 'http' }, noFile) as Config;
    expect(config.apiUrl).toBe('http://localhost:4000/api/v3');
  });

  it('means any free port by 0', () => {
    expect((readConfig({ ...env, PORT: '0' }, noFile) as Config).port).toBe(0);
  });
});
