import { describe, expect, it } from 'vitest';
import { renderEvaluationPage } from '../../src/render/evaluation-page.ts';
import { evaluation, gates, monstrous } from './sample-evaluation.ts';

const facts = { evaluation, gates, model: 'flight-delay', evaluations: 23 };

/** Elements in the order of their tags; throws where one is closed that is not open. */
const tags = (page: string): string[] => {
  const open: string[] = [];
  const found: string[] = [];
  for (const [, closing, name, rest] of page.matchAll(/<(\/?)([a-zA-Z][a-zA-Z0-9]*)((?:[^<>"]|"[^"]*")*)>/g)) {
    if (closing === '/') {
      // Not `expect`, which is slow a hundred thousand times.
      if (open.pop() !== name) throw new Error(`</${name}> closes nothing`);
    } else {
      found.push(name as string);
      if (!rest?.endsWith('/') && name !== 'meta') open.push(name as string);
    }
  }
  expect(open).toEqual([]);
  return found;
};

describe('renderEvaluationPage', () => {
  it('shows everything in one file', async () => {
    await expect(renderEvaluationPage(facts)).toMatchFileSnapshot('golden/evaluation-page.html');
  });

  it('is well formed, has an anchor a section, and names every table and picture', () => {
    const page = renderEvaluationPage(facts);
    const found = tags(page);
    const count = (name: string) => found.filter((one) => one === name).length;
    expect(count('svg')).toBe(5);
    expect(count('figcaption')).toBe(5);
    expect(count('caption')).toBe(count('table'));
    for (const [, anchor] of page.matchAll(/href="#([a-z]+)"/g)) expect(page).toContain(`<section id="${anchor}"`);
  });

  it('loads and runs nothing', () => {
    const page = renderEvaluationPage(facts);
    expect(tags(page)).not.toEqual(expect.arrayContaining(['script']));
    expect(page).not.toMatch(/\ssrc=|url\(|@import|<link|\son[a-z]+=/);
  });

  it('shows all of what a check leaves out, and nothing of it as markup', () => {
    const page = renderEvaluationPage({ ...monstrous(), model: '<script>alert(1)</script>' });
    const found = new Set(tags(page));
    for (const name of ['script', 'img', 'b', 'h3']) expect(found).not.toContain(name);
    expect(page).not.toContain('\u202e');
    // 30 metrics × 100 slices, and the 2,000 groups.
    expect(page.match(/<tr><th scope="row">&lt;img/g)!.length).toBeGreaterThan(5000);
    expect(page).not.toContain('too much for this place');
  });

  it('follows no address but those of the web', () => {
    const page = renderEvaluationPage({ ...facts, links: { predictions: 'javascript:alert(1)', page: 'report.html' } });
    expect(page).not.toContain('javascript:');
    expect(page).toContain('href="report.html"');
  });
});
