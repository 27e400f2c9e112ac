import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { AppError } from '../../domain/errors.ts';
import { type EvaluationFacts, evaluationPlots, renderEvaluation } from '../../render/evaluation.ts';
import { renderEvaluationPage } from '../../render/evaluation-page.ts';

const PAGE = ['.html', '.htm'];
const MARKDOWN = ['.md', '.markdown'];

/** Refuses a name whose form nobody can tell. */
export function checkReportName(file: string): void {
  if (![...PAGE, ...MARKDOWN].includes(path.extname(file).toLowerCase()))
    throw new AppError('config/invalid-input', `a report is a page (.html) or Markdown (.md): ${file} ends in neither`);
}

/** The page with everything in it, or the text of the check with its pictures as files beside it. */
export async function writeReport(file: string, facts: EvaluationFacts, predictions?: string): Promise<void> {
  const from = path.dirname(path.resolve(file));
  const links =
    predictions === undefined ? {} : { predictions: path.relative(from, predictions).split(path.sep).join('/') };
  if (PAGE.includes(path.extname(file).toLowerCase())) {
    await writeFile(file, renderEvaluationPage({ ...facts, links }));
    return;
  }
  const stem = path.basename(file).replace(/\.[^.]*$/, '');
  const plots = [];
  for (const { name, alt, svg } of evaluationPlots(facts.evaluation)) {
    const url = `${stem}.${name}.svg`;
    await writeFile(path.join(from, url), svg);
    plots.push({ name, alt, url });
  }
  const { title, summary, text } = renderEvaluation({ ...facts, links, plots });
  await writeFile(file, `# ${title}\n\n${summary}\n\n${text}\n`);
}
