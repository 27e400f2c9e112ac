import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ALL_COMMANDS } from '../../../src/domain/commands/all-commands.ts';
import type { Command, CommandPlace } from '../../../src/domain/commands/command.ts';
import { helpText } from '../../../src/domain/commands/help-text.ts';
import { parseComment } from '../../../src/domain/commands/parse-comment.ts';

const UNDERSTOOD: [string, Command][] = [
  ['/plan', { name: 'plan' }],
  ['  /plan  ', { name: 'plan' }],
  ['/retrain', { name: 'retrain', models: [], params: {} }],
  ['/retrain flight-delay', { name: 'retrain', models: ['flight-delay'], params: {} }],
  [
    '/retrain flight-delay epochs=30 rate=1e-3 on=true off=false optimizer=adam none=null size=-4',
    {
      name: 'retrain',
      models: ['flight-delay'],
      params: { epochs: 30, rate: 0.001, on: true, off: false, optimizer: 'adam', none: null, size: -4 },
    },
  ],
  [
    '/retrain hidden=[16,8] note="30" from=2001-02-01 path=a/b=c',
    { name: 'retrain', models: [], params: { hidden: [16, 8], note: '30', from: '2001-02-01', path: 'a/b=c' } },
  ],
  ['/evaluate a b a', { name: 'evaluate', models: ['a', 'b'] }],
  ['/approve', { name: 'approve' }],
  ['/approve 0123abc', { name: 'approve', sha: '0123abc' }],
  ['/unapprove', { name: 'unapprove' }],
  ['/hold', { name: 'hold' }],
  ['/hold until the *labels* of May are in', { name: 'hold', reason: 'until the *labels* of May are in' }],
  ['/unhold', { name: 'unhold' }],
  [
    '/waive flight-delay 2 few rows of a new airport',
    { name: 'waive', model: 'flight-delay', gate: { number: 2 }, reason: 'few rows of a new airport' },
  ],
  [
    '/waive flight-delay "roc_auc against champion" agreed  with risk',
    {
      name: 'waive',
      model: 'flight-delay',
      gate: { text: 'roc_auc against champion' },
      reason: 'agreed  with risk',
    },
  ],
  ['/waive a latency slow machine', { name: 'waive', model: 'a', gate: { text: 'latency' }, reason: 'slow machine' }],
  ['/unwaive a', { name: 'unwaive', model: 'a' }],
  ['/unwaive a #3', { name: 'unwaive', model: 'a', gate: { number: 3 } }],
  ['/explain a', { name: 'explain', model: 'a' }],
  ['/explain a "size ≤"', { name: 'explain', model: 'a', gate: { text: 'size ≤' } }],
  ['/cancel', { name: 'cancel' }],
  ['/rollback flight-delay-production', { name: 'rollback', deployment: 'flight-delay-production' }],
  ['/rollback production v1.2.0', { name: 'rollback', deployment: 'production', version: '1.2.0' }],
  ['/rollback', { name: 'rollback' }],
  ['/rollback v1.2.0', { name: 'rollback', version: '1.2.0' }],
  ['/snooze 7d', { name: 'snooze', seconds: 604_800 }],
  ['/snooze 90d', { name: 'snooze', seconds: 7_776_000 }],
  ['/snooze 1.5h', { name: 'snooze', seconds: 5_400 }],
  ['/snooze 0d', { name: 'snooze', seconds: 0 }],
  ['/unsnooze', { name: 'unsnooze' }],
  ['/accept', { name: 'accept' }],
  ['/help', { name: 'help' }],
];

test.each(UNDERSTOOD)('%s', (body, command) => {
  expect(parseComment(body)).toEqual([{ line: 1, ok: true, command, needs: expect.any(String) }]);
});

const SILENT = [
  '',
  'Looks good to me',
  'I would say\n/approve',
  'please /approve',
  '> /hold',
  '> /hold\n> /approve',
  '> said\n/approve',
  '```\n/hold\n```',
  '~~~sh\n/hold\n~~~',
  '````\n```\n/hold\n```\n````',
  '    /hold',
  '\t/hold',
  '- /hold',
  '`/hold`',
  '<!--\n/hold\n-->',
  '<!-- /hold -->',
  '/etc/passwd is readable',
  '/',
  '// comment',
  '／hold',
  '\u200b/hold',
];

test.each(SILENT)('%j is no command', (body) => {
  expect(parseComment(body)).toEqual([]);
});

const REFUSED: [string, RegExp][] = [
  ['/Plan', /lower case: \/plan/],
  ['/PLAN', /lower case: \/plan/],
  ['/aprove', /did you mean \/approve\?/],
  ['/mute 3d', /unknown command "\/mute"; \/help lists all/],
  ['/snooze', /needs a duration/],
  ['/snooze forever', /no duration/],
  ['/snooze 7 d', /one duration/],
  ['/snooze 91d', /at most 90d/],
  ['/unsnooze now', /takes no arguments/],
  ['/accept 2024-01-01', /takes no arguments/],
  ['/promote x', /unknown command/],
  ['/allow abc', /unknown command/],
  ['/waive', /needs the name of a model/],
  ['/waive Flight 1 x', /no model name/],
  ['/waive a', /the number of a gate is missing/],
  ['/waive a 1', /needs a reason/],
  ['/waive a "" x', /1 to 100 characters/],
  [`/waive a 1 ${'x'.repeat(201)}`, /at most 200/],
  ['/unwaive a 1 2', /one model and one gate/],
  ['/explain', /needs the name of a model/],
  ['/constructor', /unknown command/],
  ['/plan now', /takes no arguments/],
  ['/approve main', /"main" is no commit/],
  ['/approve 0123abc 0123abd', /one commit/],
  ['/retrain ../x', /neither a model name nor key=value/],
  ['/retrain $(id)', /neither a model name/],
  ['/retrain a b=', /must be a number/],
  ['/retrain a=1 a=2', /given twice/],
  ['/retrain __proto__=1', /no parameter name/],
  ['/retrain =1', /no parameter name/],
  ['/retrain a={"b":1}', /must be a number/],
  ['/retrain a=1e999', /must be a number/],
  ['/evaluate Flight', /no model name/],
  ['/rollback ../x', /no deployment name/],
  ['/rollback 1.0.0 1.1.0', /one deployment and one version/],
  ['/rollback a latest', /no version/],
  [`/hold ${'x'.repeat(500)}`, /at most 200/],
  [`/retrain ${'x'.repeat(5_000)}`, /longer than/],
];

test.each(REFUSED)('%s is refused with the reason', (body, reason) => {
  expect(parseComment(body)).toEqual([{ line: 1, ok: false, error: expect.stringMatching(reason) }]);
});

describe('several', () => {
  test('commands of one comment, with prose, quotes and code between them', () => {
    const body =
      '\r\n/hold\r\nbecause of this:\r\n\r\n> /approve\r\nstill quoted\r\n/cancel\r\n\r\n```\r\n/plan\r\n```\r\n/help\r\n';
    expect(
      parseComment(body).map(({ line, ...rest }) => [line, 'command' in rest ? rest.command.name : rest.error]),
    ).toEqual([
      [2, 'hold'],
      [12, 'help'],
    ]);
  });

  test('wrong ones do not hide right ones', () => {
    expect(parseComment('/pln\n/help').map(({ ok }) => ok)).toEqual([false, true]);
  });

  test('more than ten are cut, and that is said', () => {
    const parsed = parseComment('/help\n'.repeat(500));
    expect(parsed).toHaveLength(11);
    expect(parsed[10]).toEqual({ line: 11, ok: false, error: expect.stringContaining('at most 10') });
  });
});

test('no text makes it throw, and what it answers is on one line and short', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string({ unit: 'binary' }).map((rest) => `/retrain ${rest}`),
  );
  fc.assert(
    fc.property(text, (body) => {
      for (const parsed of parseComment(body)) {
        if (!parsed.ok) expect(parsed.error).toMatch(/^\P{Cc}{1,300}$/u);
      }
    }),
    { numRuns: 300 },
  );
});

test('the help lists every command there is and no other', () => {
  const listed = (place: CommandPlace) =>
    helpText(place)
      .split('\n')
      .slice(2)
      .map((row) => /`\/(\w+)/.exec(row)![1]);
  expect(listed('issue')).toEqual(['retrain', 'rollback', 'snooze', 'unsnooze', 'accept', 'help']);
  const everywhere = new Set<string | undefined>([...listed('pull'), ...listed('issue')]);
  expect(everywhere).toEqual(new Set(ALL_COMMANDS.map(({ name }) => name)));
  expect(ALL_COMMANDS.map(({ name, needs }) => `${name}:${needs}`)).toEqual([
    'plan:write',
    'retrain:write',
    'evaluate:write',
    'approve:owner',
    'unapprove:write',
    'waive:owner',
    'unwaive:write',
    'explain:read',
    'hold:write',
    'unhold:write',
    'cancel:write',
    'rollback:write',
    'snooze:write',
    'unsnooze:write',
    'accept:write',
    'help:read',
  ]);
});
