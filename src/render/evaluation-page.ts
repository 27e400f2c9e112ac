import { evaluationPlots } from './evaluation/plots.ts';
import { furtherSections, mainSections } from './evaluation/sections.ts';
import { standingOf, titleOf } from './evaluation/verdict.ts';
import type { EvaluationFacts } from './evaluation/view.ts';
import { renderPage } from './report/render-page.ts';

/** An evaluation as a page of its own. */
export function renderEvaluationPage(facts: EvaluationFacts): string {
  const plots = evaluationPlots(facts.evaluation);
  const title = titleOf(facts);
  return renderPage({
    title: `${facts.model}: ${title}`,
    heading: title,
    standing: standingOf(facts.gates),
    sections: [...mainSections(facts), ...furtherSections(facts, plots)],
    pictures: new Map(plots.map((plot) => [plot.name, plot.svg])),
    footer: `Evaluation of ${facts.model} on ${facts.evaluation.dataset}, made by Sluice.`,
  });
}
