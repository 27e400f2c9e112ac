/** An evaluation as a page of its own: everything, one file, no scripts, nothing loaded from anywhere. */
import { PAGE_STYLE } from './evaluation/page-style.ts';
import { evaluationPlots } from './evaluation/plots.ts';
import { furtherSections, mainSections } from './evaluation/sections.ts';
import { standingOf, titleOf } from './evaluation/verdict.ts';
import type { EvaluationFacts } from './evaluation/view.ts';
import { html, sectionsToHtml, textToHtml } from './report/to-html.ts';

export function renderEvaluationPage(facts: EvaluationFacts): string {
  const plots = evaluationPlots(facts.evaluation);
  const pictures = new Map(plots.map((plot) => [plot.name, plot.svg]));
  const sections = [...mainSections(facts), ...furtherSections(facts, plots)].filter(({ blocks }) => blocks.length > 0);
  const contents = sections
    .filter((section) => section.title !== '')
    .map((section) => `<li><a href="#${section.id}">${textToHtml(section.title)}</a></li>`);
  const title = titleOf(facts);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${html(`${facts.model}: ${title}`)}</title>
<style>
${PAGE_STYLE}
</style>
</head>
<body>
<div class="page">
<header style="--standing:var(--${standingOf(facts.gates)})"><h1>${html(title)}</h1></header>
<nav aria-label="Contents"><ul>
${contents.join('\n')}
</ul></nav>
<main>
${sectionsToHtml(sections, pictures)}
</main>
<footer>Evaluation of ${html(facts.model)} on ${html(facts.evaluation.dataset)}, made by Sluice.</footer>
</div>
</body>
</html>
`;
}
