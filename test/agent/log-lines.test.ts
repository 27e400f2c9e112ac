import { describe, expect, test } from 'vitest';
import { createLineCleaner } from '../../src/agent/clean-line.ts';
import { createComplaintFinder } from '../../src/agent/last-complaint.ts';
import { secretsOf } from '../../src/agent/secrets.ts';
import { createLineSplitter } from '../../src/agent/split-lines.ts';

describe('splitting a stream into lines', () => {
  function split(chunks: Buffer[], keep = 100): string[] {
    const lines: string[] = [];
    const splitter = createLineSplitter(keep, (line) => lines.push(line));
    for (const chunk of chunks) splitter.write(chunk);
    splitter.end();
    return lines;
  }
  const text = 'one\r\nzwei €\n\n10%\r100%\nlast';
  const whole = ['one', 'zwei €', '10%', '100%', 'last'];

  test('gives the same lines wherever the stream is cut, within a character too', () => {
    const bytes = Buffer.from(text);
    for (let at = 0; at <= bytes.length; at += 1) {
      expect(split([bytes.subarray(0, at), bytes.subarray(at)]), `cut at ${at}`).toEqual(whole);
    }
    expect(split([...bytes].map((byte) => Buffer.from([byte])))).toEqual(whole);
  });

  test('holds only the beginning of an endless line', () => {
    const piece = Buffer.alloc(70, 'x');
    expect(split([...Array.from({ length: 50 }, () => piece), Buffer.from('\nnext')])).toEqual([
      'x'.repeat(100),
      'next',
    ]);
  });
});

describe('cleaning a line', () => {
  const clean = createLineCleaner(['ghs_secret_token', 'short'], 50, 16_384);
  test.each([
    ['plain, ä and 🛩\tkept', 'plain, ä and 🛩\tkept'],
    ['\u001b[1;31mred\u001b[0m', 'red'],
    ['\u001b]8;;https://example.invalid\u0007link\u001b]8;;\u0007', 'link'],
    ['bell\u0007 nul\u0000 c1\u009b31m', 'bell nul c1'],
    ['fatal: ghs_secret_token in https://x:ghs_secret_token@host', 'fatal: *** in https://x:***@host'],
    [`Basic ${Buffer.from('x-access-token:ghs_secret_token').toString('base64')}`, 'Basic ***'],
    ['a short word stays', 'a short word stays'],
    ['x'.repeat(60), `${'x'.repeat(42)} … (cut)`],
  ])('%j', (line, expected) => expect(clean(line)).toBe(expected));
});

describe('secrets', () => {
  const secret = 'pä55 "word"/+&=?\\x';
  const key = '-----BEGIN KEY-----\nMIIEvQIBADANBgkq\nhkiG9w0BAQEFAASC\n-----END KEY-----\n';
  const clean = createLineCleaner([secret, key], 4_000, 16_384);
  const url = encodeURIComponent(secret);
  const base64 = (text: string) => Buffer.from(text).toString('base64');

  test.each([
    ['in clear', `a ${secret} b`],
    ['percent-encoded', `https://user:${url}@host.invalid/`],
    ['percent-encoded in lower case', `x=${url.replace(/%../g, (byte) => byte.toLowerCase())}`],
    ['as a form', `p=${url.replaceAll('%20', '+')}&q=1`],
    ['as JSON', JSON.stringify({ password: secret })],
    ['as base64', base64(secret)],
    ['as base64 behind a name', `Basic ${base64(`user:${secret}`)}`],
    ['as base64 between others', base64(`{"a":"${secret}","b":1}`)],
    ['as base64url', Buffer.from(`ab${secret}?>?>`).toString('base64url')],
    ['a line of it', 'MIIEvQIBADANBgkq'],
    ['in colour, letter by letter', [...secret].map((letter) => `\u001b[31m${letter}\u001b[0m`).join('')],
  ])('are not shown %s', (_, line) => {
    const shown = clean(line);
    expect(shown).toContain('***');
    for (const form of [secret, url, url.toLowerCase(), 'MIIEvQ', base64(secret).slice(3, -4)]) {
      expect(shown).not.toContain(form);
    }
  });

  test('are not shown in part where a long line was cut', () => {
    const half = clean(`${`${secret} `.repeat(900)}${secret}`.slice(0, 16_384));
    expect(half.replaceAll('*** ', '').replace('*** … (cut)', '')).not.toContain('pä55');
    const cut = clean(`${'x'.repeat(3_998)}${secret}`);
    expect(cut).toBe(`${'x'.repeat(3_992)} … (cut)`);
  });

  test('are what variables are called', () => {
    const environment = {
      GITHUB_TOKEN: 'one',
      DB_PASSWORD: 'two',
      api_key: 'three',
      WANDB_API_KEY: 'four',
      AWS_ACCESS_KEY_ID: 'five',
      AWS_SESSION: 'six',
      AWS_REGION: 'eu-central-1',
      AWS_PROFILE: 'production',
      AWS_WEB_IDENTITY_TOKEN_FILE: '/var/run/token',
      GOOGLE_CREDENTIALS: 'seven',
      CLIENT_SECRET: 'eight',
      PATH: '/usr/bin',
      KEYBOARD: 'qwertz',
      UNSET_TOKEN: undefined,
    };
    const found = ['one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', ''];
    expect(secretsOf(environment)).toEqual(found);
  });
});

test.each([
  [
    'Python',
    ['Traceback (most recent call last):', '  File "a.py", line 1', "ValueError: x isn't y"],
    "ValueError: x isn't y",
  ],
  [
    'Node',
    [
      'file:///a.mjs:3',
      '  throw new TypeError("no");',
      'TypeError: no',
      '    at file:///a.mjs:3:9',
      '',
      'Node.js v20.20.0',
    ],
    'TypeError: no',
  ],
  ['others', ['warning', 'segmentation fault'], 'segmentation fault'],
  ['silence', [], ''],
])('finds the line that says what went wrong: %s', (_, lines, expected) => {
  const complaint = createComplaintFinder();
  for (const line of lines) complaint.see(line);
  expect(complaint.found()).toBe(expected);
});
