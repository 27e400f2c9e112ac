import { expect, it } from 'vitest';
import { monitorTokenCommand } from '../../src/cli/commands/monitor-token.ts';
import { createMonitorTokens } from '../../src/domain/monitor/monitor-token.ts';

const secret = 'another secret of many letters..';
const live = { repository: 'acme/flights', monitor: 'live' };

it('makes a token that the server with the same secret knows', () => {
  const { text, json, exitCode } = monitorTokenCommand({ ...live, secret, epoch: 3 });
  expect(createMonitorTokens(secret).verify(text)).toEqual({ ...live, epoch: 3 });
  expect(json).toEqual({ ...live, epoch: 3, token: text });
  expect(exitCode).toBe(0);
});

it.each([
  ['no secret', { secret: undefined }, 'config/environment'],
  ['no repository', { repository: 'flights' }, 'config/invalid-input'],
  ['no name of a monitor', { monitor: 'Live one' }, 'config/invalid-input'],
  ['no epoch', { epoch: 0 }, 'config/invalid-input'],
])('refuses %s', (_, change, code) => {
  expect(() => monitorTokenCommand({ ...live, secret, ...change })).toThrow(expect.objectContaining({ code }));
});
