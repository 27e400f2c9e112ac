/** A report as a page of its own: everything, one file, no scripts, nothing loaded from anywhere. */
import type { Section } from './document.ts';
import { PAGE_STYLE } from './page-style.ts';
import { html, sectionsToHtml, textToHtml } from './to-html.ts';

export type Page = {
  /** Of the window; the heading may be shorter. */
  title: string;
  heading: string;
  /** Colour beside the heading. */
  standing: 'pass' | 'fail' | 'needs-approval' | 'no-gates';
  sections: Section[];
  /** SVG by name. */
  pictures: ReadonlyMap<string, string>;
  footer: string;
};

export function renderPage(page: Page): string {
  const sections = page.sections.filter(({ blocks }) => blocks.length > 0);
  const contents = sections
    .filter((section) => section.title !== '')
    .map((section) => `<li><a href="#${section.id}">${textToHtml(section.title)}</a></li>`);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${html(page.title)}</title>
<style>
${PAGE_STYLE}
</style>
</head>
<body>
<div class="page">
<header style="--standing:var(--${page.standing})"><h1>${html(page.heading)}</h1></header>
<nav aria-label="Contents"><ul>
${contents.join('\n')}
</ul></nav>
<main>
${sectionsToHtml(sections, page.pictures)}
</main>
<footer>${html(page.footer)}</footer>
</div>
</body>
</html>
`;
}
