import { expect, it } from 'vitest';
import { createMonitorTokens, isMonitorIdentity } from '../../../src/domain/monitor/monitor-token.ts';
import { lowestEpoch, parseTokenEpochs, type TokenEpochs } from '../../../src/domain/monitor/token-epochs.ts';

const live = { repository: 'acme/flights', monitor: 'live' };
const tokens = createMonitorTokens('a secret of thirty-two letters..');

it('knows its own tokens and nothing that was changed in them', () => {
  const token = tokens.issue(live, 2);
  expect(tokens.verify(token)).toEqual({ ...live, epoch: 2 });
  const [name, , signature] = token.slice('smt_'.length).split('.') as [string, string, string];
  const other = Buffer.from('acme/flights/other').toString('base64url');
  for (const forged of [
    '',
    token.slice(4),
    `${token} `,
    `smt_${name}.3.${signature}`,
    `smt_${other}.2.${signature}`,
    `smt_${name}.02.${signature}`,
    `smt_${name}.2.${'A'.repeat(43)}`,
    createMonitorTokens('another secret of many letters..').issue(live, 2),
  ])
    expect(tokens.verify(forged), forged).toBeUndefined();
});

it('reads from which epoch on tokens count', () => {
  const epochs = parseTokenEpochs('2, Acme/flights/live=5') as TokenEpochs;
  expect(lowestEpoch(epochs, live)).toBe(5);
  expect(lowestEpoch(epochs, { ...live, monitor: 'other' })).toBe(2);
  expect(lowestEpoch(parseTokenEpochs('') as TokenEpochs, live)).toBe(1);
  for (const wrong of ['0', 'x', 'acme/flights=2', 'acme/flights/live=', '1000000'])
    expect(parseTokenEpochs(wrong)).toEqual({ wrong });
});

it('makes tokens of names only', () => {
  expect(isMonitorIdentity(live)).toBe(true);
  for (const wrong of [
    { ...live, repository: 'acme' },
    { ...live, repository: 'acme/..' },
    { ...live, monitor: 'Live' },
    { ...live, monitor: 'a/b' },
  ])
    expect(isMonitorIdentity(wrong)).toBe(false);
});
