import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { AppError } from '../../domain/errors.ts';
import { type EvaluationFacts, evaluationPlots, renderEvaluation } from '../../render/evaluation.ts';
import { renderEvaluationPage } from '../../render/evaluation-page.ts';

const PAGE = ['.html', '.htm'];
const MARKDOWN = ['.md', '.markdown'];

/** Refuses names whose form nobody can tell: asked before the work, not after it. */
export function checkOutputNames({ report, predictions }: { report?: string; predictions?: string }): void {
  if (report !== undefined && ![...PAGE, ...MARKDOWN].includes(extension(report)))
    throw new AppError(
      'config/invalid-input',
      `a report is a page (.html) or Markdown (.md): ${report} ends in neither`,
    );
  if (predictions !== undefined && extension(predictions) !== '.parquet')
    throw new AppError(
      'config/invalid-input',
      `predictions are written as Parquet: ${predictions} does not end in .parquet`,
    );
}

function extension(file: string): string {
  return path.extname(file).toLowerCase();
}

/** The page with everything in it, or the text of the check with its pictures as files beside it. */
export async function writeReport(file: string, facts: EvaluationFacts, predictions?: string): Promise<void> {
  const from = path.dirname(path.resolve(file));
  const links =
    predictions === undefined ? {} : { predictions: path.relative(from, predictions).split(path.sep).join('/') };
  if (PAGE.includes(extension(file))) {
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
