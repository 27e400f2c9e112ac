import { describe, expect, test } from 'vitest';
import { type MarkdownOptions, renderMarkdown } from '../../src/forge/pages/render-markdown.ts';
import { hostileMarkdown } from './hostile-markdown.ts';

const render = (text: string, options?: MarkdownOptions): string => renderMarkdown(text, options).html;

describe('what people write', () => {
  test('a table keeps its alignment', () => {
    const html = render('| a | b |\n|--:|:-:|\n| 1 | 2 |');
    expect(html).toContain('<th align="right">a</th>');
    expect(html).toContain('<td align="center">2</td>');
  });

  test('a task list has boxes that cannot be ticked', () => {
    const html = render('- [x] done\n- [ ] open');
    expect(html).toContain('<input type="checkbox" disabled checked> done');
    expect(html).toContain('<input type="checkbox" disabled> open');
  });

  test('folded parts, images, sub and kbd come through, with Markdown inside', () => {
    const text = '<details open><summary>More</summary>\n\n**bold** <sub>x</sub> <kbd>y</kbd>\n</details>';
    expect(render(text)).toMatch(/<details open><summary>More<\/summary>\s*<p><strong>bold<\/strong> <sub>x<\/sub>/);
    const image = render('<img src="https://example.com/p.png" width="300" alt="loss">');
    expect(image).toContain('<img src="https://example.com/p.png" width="300" alt="loss"');
  });

  test('comments in the text are not shown', () => {
    expect(render('a\n\n<!-- state: {"secret": 1} -->\n\nb')).not.toMatch(/secret|&lt;!--/);
  });

  test('logins, numbers, commits and names of pictures become what they stand for, except in code', () => {
    const sha = '0123456789012345678901234567890123456789';
    const html = render(`@owner see #12 and ${sha} :rocket: \`@code #1\``, { repository: 'o/r' });
    expect(html).toContain('href="/owner"');
    expect(html).toContain('<a href="/o/r/issues/12" rel="nofollow noopener">#12</a>');
    expect(html).toContain(`href="/o/r/commit/${sha}"`);
    expect(html).toContain('🚀');
    expect(html).toContain('<code>@code #1</code>');
  });

  test('an alert has its title, a diff its colours', () => {
    expect(render('> [!WARNING]\n> careful')).toContain(
      '<div class="alert alert-warning"><p class="alert-title">Warning',
    );
    expect(render('```diff\n- a\n+ b\n```')).toContain('<span class="line-del">- a</span>');
  });

  test('links of a file start from its folder', () => {
    const html = render('[a](x/y.md) ![b](./z.png) [c](/abs) [d](https://example.com)', {
      base: '/o/r/blob/main/docs/',
      imageBase: '/o/r/raw/main/docs/',
    });
    expect(html).toContain('href="/o/r/blob/main/docs/x/y.md"');
    expect(html).toContain('src="/o/r/raw/main/docs/z.png"');
    expect(html).toContain('href="/abs"');
    expect(html).toContain('href="https://example.com"');
  });

  test('a line break is one in comments and none in files', () => {
    expect(render('a\nb', { breaks: true })).toContain('<br>');
    expect(render('a\nb')).not.toContain('<br>');
  });

  test('what is left open is closed', () => {
    expect(render('<b>bold <i>both').trim()).toBe('<p><b>bold <i>both</i></b></p>');
  });
});

describe('what people should not write', () => {
  // A grammar of its own for what may stand in a page, stricter than HTML's: anything else that starts with `<` is a hole.
  const harmlessTag =
    /<\/?(a|b|br|code|details|div|h1|i|img|input|li|p|picture|pre|source|span|strong|summary|sub|table|tbody|td|th|thead|tr|ul|ol)((?: (?:href|src|alt|title|align|id|class|rel|loading|type|disabled|checked|open)(?:="[^"<>]*")?)*)>/g;

  test.each(hostileMarkdown)('%s', (text) => {
    for (const options of [{}, { repository: 'o/r', breaks: true, base: '/o/r/blob/main/' }]) {
      const html = render(text, options);
      expect(html.replace(harmlessTag, '')).not.toContain('<');
      for (const [, url = ''] of html.matchAll(/ (?:href|src)="([^"]*)"/g)) {
        expect(url).not.toMatch(/^\s*(?!https?:|mailto:)[a-z&#;\s\d+.-]*:/i);
      }
      for (const [, value = ''] of html.matchAll(/ id="([^"]*)"/g)) expect(value).toMatch(/^user-content-/);
      for (const [tag] of html.matchAll(/<input[^>]*>/g)) expect(tag).toContain('type="checkbox" disabled');
    }
  });
});
