/** An evaluation as lines of a terminal. */
import { estimateText } from '../domain/evaluate/estimate-text.ts';
import type { MetricComparison } from '../domain/evaluate/evaluation.ts';
import { foundSlices } from '../domain/evaluate/slices/found-slices.ts';
import { directionOf, directionText, probability } from './evaluation/figures.ts';
import { worseSlices } from './evaluation/slices-section.ts';
import { untoldBlocks } from './evaluation/untold-section.ts';
import { verdictWords } from './evaluation/verdict.ts';
import type { EvaluationFacts } from './evaluation/view.ts';
import { count, plural } from './format.ts';
import { textToPlain as plain } from './report/to-text.ts';

const SLICES = 10;
const UNTOLD = 20;

/** Not escaped: whoever prints it makes it printable. */
export function evaluationLines({ evaluation, gates, model }: EvaluationFacts): string[] {
  const { champion, championSkipped, confidence, discovery, metrics } = evaluation;
  const worse = worseSlices(evaluation).map(
    ({ slice, found, metric }) =>
      `${metric} in ${slice.name} (${plural(slice.rows, 'row')}): ${estimateText(found.difference!, true)}, q ${plain(probability(found.q))}`,
  );
  const discovered = (discovery === undefined ? [] : foundSlices(discovery, confidence)).map(
    (one) =>
      `${discovery?.metric} in ${one.name} (${plural(one.rows, 'row')}), searched for: ${estimateText(one.difference, true)} to ${one.against === 'champion' ? 'the champion' : 'the other rows'}`,
  );
  const untold = untoldBlocks(evaluation, gates).flatMap((block) => (block.kind === 'list' ? block.items : []));
  const against = champion === undefined ? '' : ` against champion ${champion.version}`;
  return [
    `${verdictWords(gates)}: ${model} on ${plural(evaluation.rows, 'row')} of ${evaluation.dataset}${against}`,
    ...(championSkipped === undefined ? [] : [`  the champion was not scored: ${championSkipped}`]),
    ...metricLines(metrics),
    ...titled('gates', gates.map(gateLine), gates.length),
    ...titled('could not be told', untold.map(plain), UNTOLD),
    ...titled('worse slices', [...worse, ...discovered], SLICES),
  ];

  function gateLine(gate: (typeof gates)[number], at: number): string {
    const waiver = gate.waiver === undefined ? '' : `; waived by ${gate.waiver.by}: ${gate.waiver.reason}`;
    const number = String(at + 1).padStart(String(gates.length).length);
    return `${number}  ${gate.verdict.padEnd(14)}  ${gate.gate}: ${gate.evidence}${waiver}`;
  }
}

function metricLines(metrics: MetricComparison[]): string[] {
  const compared = metrics.some((one) => one.difference !== undefined);
  const head = ['metric', ...(compared ? ['champion'] : []), 'candidate', ...(compared ? ['difference', ''] : [])];
  const arrow = { higher: '↑', lower: '↓', none: ' ' };
  const rows = metrics.map((one) => [
    `${one.metric} ${arrow[one.better]}`,
    ...(compared
      ? [one.champion === undefined ? '—' : estimateText({ value: one.champion.value, lower: null, upper: null })]
      : []),
    estimateText(one.candidate),
    ...(compared
      ? [one.difference === undefined ? '—' : estimateText(one.difference, true), directionText(directionOf(one))]
      : []),
  ]);
  const widths = head.map((name, at) => Math.max(name.length, ...rows.map((row) => (row[at] ?? '').length)));
  return [head, ...rows].map((row) =>
    `  ${row.map((cell, at) => cell.padEnd(widths[at] as number)).join('  ')}`.trimEnd(),
  );
}

function titled(title: string, lines: string[], most: number): string[] {
  if (lines.length === 0) return [];
  const left = lines.length - most;
  return [
    title,
    ...lines.slice(0, most).map((line) => `  ${line}`),
    ...(left > 0 ? [`  and ${count(left)} more`] : []),
  ];
}
