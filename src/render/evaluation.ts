/** The check of an evaluation: what a reviewer reads before saying yes. */
import { furtherSections, mainSections } from './evaluation/sections.ts';
import { titleOf } from './evaluation/verdict.ts';
import type { EvaluationView } from './evaluation/view.ts';
import type { CheckText } from './plan-check.ts';
import { composeMarkdown } from './report/compose-markdown.ts';
import type { MarkdownParts } from './report/to-markdown.ts';

export { evaluationPlots } from './evaluation/plots.ts';
export type { EvaluationFacts, EvaluationView } from './evaluation/view.ts';

/** GitHub's limit for a check's summary and for its text, less what a careful author leaves. */
const LIMIT = 65_000;

export function renderEvaluation(view: EvaluationView): CheckText {
  const parts: MarkdownParts = {
    pictures: new Map(view.plots.map((plot) => [plot.name, plot.url])),
    ...(view.links?.page === undefined ? {} : { fullReport: view.links.page }),
  };
  return {
    title: titleOf(view),
    summary: composeMarkdown(mainSections(view), LIMIT, parts),
    text: composeMarkdown(furtherSections(view, view.plots), LIMIT, parts),
  };
}
