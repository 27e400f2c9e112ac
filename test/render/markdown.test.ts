import MarkdownIt from 'markdown-it';
import { describe, expect, it } from 'vitest';
import { capped, code, codeBlock, escapeText, fold, table } from '../../src/render/markdown.ts';

// An independent reader of CommonMark with GFM's tables and autolinks judges what a person would see.
const reader = new MarkdownIt({ html: true, linkify: true });

const seen = (html: string) =>
  html
    .replace(/<[^>]+>/g, '')
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&quot;/g, '"')
    .replace(/&amp;/g, '&')
    .replace(/\u200b/g, '')
    .trim();

const hostile = [
  'plain text 1.5',
  '**bold** _it_ ~~no~~',
  '<img src=x onerror=alert(1)>',
  '[link](https://evil.example)',
  '![pic](https://evil.example/p.png)',
  'see https://evil.example and www.evil.example',
  '@owner please look, also @acme/ml',
  'closes #12 and GH-12',
  '`code` and ``more``',
  '# heading',
  '- item',
  '1. item',
  '> quote',
  'a | b \\| c',
  '&lt;b&gt; &#64;owner',
  '<!-- hidden -->',
  '$x^2$ \\(y\\)',
  '---',
];

describe('escapeText', () => {
  it.each(hostile)('shows %j as written and nothing else', (text) => {
    const html = reader.render(escapeText(text));
    expect(html).toMatch(/^<p>[^<]*<\/p>\n$/);
    expect(seen(html)).toBe(text);
  });

  it('breaks mentions and references in what is rendered, not only in the source', () => {
    const html = reader.render(escapeText('@owner #12 GH-12'));
    expect(html).not.toMatch(/@owner|#12|GH-12/);
  });

  it('makes one line of several, drops what cannot be seen, and caps', () => {
    expect(escapeText('a\n\nb\u202ec')).toBe('a bc');
    expect(escapeText('x'.repeat(400))).toHaveLength(300);
  });
});

describe('code', () => {
  it.each(hostile)('shows %j as code', (text) => {
    const html = reader.render(code(text));
    expect(html).toMatch(/^<p><code>[^<]*<\/code><\/p>\n$/);
    expect(seen(html)).toBe(text);
  });
});

describe('table', () => {
  it('keeps cells apart whatever they hold', () => {
    const html = reader.render(table(['a', 'b'], [[escapeText('x | y'), code('p|q')]], 'lr'));
    expect([...html.matchAll(/<td[^>]*>(.*?)<\/td>/g)].map((found) => seen(found[1] as string))).toEqual([
      'x | y',
      'p|q',
    ]);
  });
});

describe('codeBlock', () => {
  it('cannot be left', () => {
    expect(reader.render(codeBlock('a\n```\n<b>\n````'))).toBe('<pre><code>a\n```\n&lt;b&gt;\n````\n</code></pre>\n');
  });
});

describe('capped', () => {
  it('leaves short text alone', () => {
    expect(capped('short')).toBe('short');
  });

  it('closes what it cut open and says how much is missing', () => {
    const long = fold('log', `\`\`\`\n${'line of the log\n'.repeat(10_000)}\`\`\``);
    const text = capped(long, 10_000);
    expect(text.length).toBeLessThanOrEqual(10_000);
    expect(text).toMatch(
      /\n```\n\n<\/details>\n\n_Cut here: GitHub takes no more\. 15[\d,]+ characters \([\d,]+ lines\) are left out\._$/,
    );
  });
});
