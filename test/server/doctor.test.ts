import { expect, it } from 'vitest';
import { doctor } from '../../src/cli/commands/doctor.ts';
import { openGitHubWorld } from '../adapters/github/github-world.ts';
import { testConfig } from './server-world.ts';

it('finds what is there and what is missing, with a way out for each', async () => {
  const findings = await doctor({ SLUICE_DATA_ROOT: '/nowhere/at/all' });
  const bad = findings.filter(({ ok }) => !ok);
  expect(bad.map(({ check }) => check).sort()).toEqual([
    'configuration: APP_ID',
    'configuration: PRIVATE_KEY_PATH',
    'configuration: SLUICE_SECRET',
    'configuration: WEBHOOK_SECRET',
    'data root',
  ]);
  expect(bad.every(({ fix }) => fix)).toBe(true);
  expect(findings.filter(({ ok }) => ok).map(({ check }) => check)).toEqual([
    'Node.js',
    'git',
    'state folder',
    'DuckDB',
    'ONNX Runtime',
    'TensorFlow.js',
  ]);
});

it('asks GitHub whether the app is as app.yml describes it', async () => {
  const { forge, close } = await openGitHubWorld();
  const env = {
    APP_ID: String(forge.appId),
    PRIVATE_KEY: forge.privateKeyPem,
    WEBHOOK_SECRET: testConfig.webhookSecret,
    SLUICE_SECRET: testConfig.agentSecret,
    GHE_HOST: forge.host,
    GHE_PROTOCOL: 'http',
  };
  const ofGitHub = async (change: Record<string, string>) =>
    (await doctor({ ...env, ...change })).filter(({ check }) => /^(GitHub|app)/.test(check));
  expect(await ofGitHub({})).toEqual([
    { check: 'GitHub', ok: true, detail: `${forge.url}/api/v3, app sluice` },
    { check: 'app permissions', ok: true, detail: 'as in app.yml' },
    { check: 'app events', ok: true, detail: 'as in app.yml' },
  ]);
  forge.state.app.permissions = { ...forge.state.app.permissions, checks: 'read' };
  expect((await ofGitHub({}))[1]).toMatchObject({ ok: false, detail: 'missing: checks: write' });
  expect(await ofGitHub({ APP_ID: '4711' })).toMatchObject([{ check: 'GitHub', ok: false }]);
  await close();
  expect(await ofGitHub({})).toMatchObject([{ check: 'GitHub', ok: false }]);
});
