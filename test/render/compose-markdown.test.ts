import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { composeMarkdown } from '../../src/render/report/compose-markdown.ts';
import { type Block, fold, headed, type Section, type Table, text } from '../../src/render/report/document.ts';

const NO_PICTURES = { pictures: new Map<string, string>() };

const rows = (many: number, width = 20): Table => ({
  kind: 'table',
  caption: 'c',
  what: 'row',
  columns: [{ name: 'Name', align: 'left' }],
  rows: Array.from({ length: many }, (_, at) => [`${at} ${'x'.repeat(width)}`]),
});

const section = (id: string, priority: number, ...blocks: Block[]): Section => ({ id, title: id, priority, blocks });

const shown = (markdown: string, id: string) =>
  markdown
    .split('### ')
    .find((part) => part.startsWith(`${id}\n`))
    ?.match(/^\| \d+ x/gm)?.length ?? 0;

describe('composeMarkdown', () => {
  it('leaves nothing out that fits', () => {
    const whole = composeMarkdown(
      [section('a', 1, ...headed(rows(200), 8), fold('more', rows(300)))],
      60_000,
      NO_PICTURES,
    );
    expect(shown(whole, 'a')).toBe(500);
    expect(whole.endsWith('| 299 xxxxxxxxxxxxxxxxxxxx |\n\n</details>')).toBe(true);
  });

  it('skips what is empty', () => {
    expect(composeMarkdown([section('a', 1), section('b', 1, text('x'))], 1000, NO_PICTURES)).toBe('### b\n\nx');
  });

  it('lets all sections grow in turns, and the more important ones first', () => {
    const long = composeMarkdown([section('a', 1, rows(1000)), section('b', 2, rows(1000))], 12_000, NO_PICTURES);
    expect([shown(long, 'a'), shown(long, 'b')]).toEqual([100, 100]);
    const short = composeMarkdown([section('a', 1, rows(1000)), section('b', 2, rows(1000))], 5000, NO_PICTURES);
    expect([shown(short, 'a'), shown(short, 'b')]).toEqual([30, 100]);
  });

  it('counts what it leaves out, where it is and where all of it is', () => {
    const parts = { ...NO_PICTURES, fullReport: 'https://sluice.example/a (b).html' };
    const form = composeMarkdown([section('a', 1, rows(1000), fold('one', rows(9)), fold('two', rows(9)))], 500, parts);
    expect(form).toContain('_997 more rows in the [full report](https://sluice.example/a%20%28b%29.html)._');
    expect(form).toContain('_2 more parts in the [full report]');
    expect(composeMarkdown([section('a', 1, rows(1000))], 500, NO_PICTURES)).toContain(
      '_990 more rows: too much for this place._',
    );
  });

  it('never exceeds its limit, whatever the sections', () => {
    const block = fc.oneof(
      fc.record({ many: fc.nat(120), width: fc.nat(300) }).map(({ many, width }) => rows(many, width)),
      fc.string({ unit: 'binary', maxLength: 300 }).map((one) => text({ text: one, limit: 100 })),
      fc.nat(120).map((many) => fold('é'.repeat(many), rows(many))),
    );
    const sections = fc.array(fc.record({ priority: fc.nat(9), blocks: fc.array(block, { maxLength: 3 }) }), {
      maxLength: 8,
    });
    fc.assert(
      fc.property(sections, fc.integer({ min: 12_000, max: 65_000 }), (made, limit) => {
        const all = made.map(({ priority, blocks }, at) => section(`s${at}`, priority, ...blocks));
        expect(Buffer.byteLength(composeMarkdown(all, limit, NO_PICTURES))).toBeLessThanOrEqual(limit);
      }),
      { numRuns: 25 },
    );
  });
});
