/** The check of an evaluation: what a reviewer reads before saying yes. */
import type { Evaluation, GateResult, MetricComparison, ServingCost } from '../domain/evaluate/evaluation.ts';
import { trend, withInterval } from './evaluation-figures.ts';
import { sliceTables } from './evaluation-slices.ts';
import { bytes, count, figure, plural, short } from './format.ts';
import { code, escapeText, table } from './markdown.ts';
import type { CheckText } from './plan-check.ts';

export { evaluationPlots } from './evaluation-plots.ts';

export type EvaluationView = {
  evaluation: Evaluation;
  gates: GateResult[];
  model: string;
  plots: { name: string; alt: string; url: string }[];
};

const MARKS: Record<GateResult['verdict'], string> = {
  pass: '✅ pass',
  fail: '❌ fail',
  'needs-approval': '✋ needs approval',
  'cannot-tell': '❔ cannot tell',
};

export function renderEvaluation({ evaluation, gates, model, plots }: EvaluationView): CheckText {
  const summary = [
    `${verdictLine(gates)} ${code(model)} on ${plural(evaluation.rows, 'row')} of ${code(evaluation.dataset)} held out from training.`,
    evaluation.championSkipped === undefined
      ? ''
      : `> The champion was not scored: ${escapeText(evaluation.championSkipped, 400)}`,
    metricTable(evaluation),
    gates.length === 0 ? '' : gateTable(gates),
  ];
  const text = [
    sliceTables(evaluation),
    servingTable(evaluation),
    plots.length === 0
      ? ''
      : `**Pictures:** ${plots.map((plot) => `[${escapeText(plot.alt)}](${plot.url})`).join(' · ')}`,
    howItWasDone(evaluation),
  ];
  return { title: titleOf(evaluation, gates), summary: joined(summary), text: joined(text) };
}

function titleOf(evaluation: Evaluation, gates: GateResult[]): string {
  const [first] = evaluation.metrics;
  const verdict = verdictWords(gates);
  if (first === undefined) return verdict;
  const champion = first.champion === undefined ? '' : ` (champion ${figure(first.champion.value)})`;
  return `${verdict}: ${first.metric} ${figure(first.candidate.value)}${champion}`.slice(0, 120);
}

function verdictWords(gates: GateResult[]): string {
  if (gates.length === 0) return 'No gates';
  const of = (verdict: GateResult['verdict']) => gates.filter((gate) => gate.verdict === verdict).length;
  const against = of('fail') + of('cannot-tell');
  if (against > 0)
    return gates.length === 1 ? 'The gate is not passed' : `${against} of ${gates.length} gates not passed`;
  const asked = of('needs-approval');
  if (asked > 0 && gates.length === 1) return 'The gate needs approval';
  if (asked > 0) return `${asked} of ${gates.length} gates ${asked === 1 ? 'needs' : 'need'} approval`;
  return gates.length === 1 ? 'The gate passes' : `All ${gates.length} gates pass`;
}

function verdictLine(gates: GateResult[]): string {
  const words = verdictWords(gates);
  if (gates.length === 0) return `**${words}.**`;
  const mark = words.endsWith('not passed') ? '❌' : words.endsWith('approval') ? '✋' : '✅';
  return `${mark} **${words}.**`;
}

function metricTable(evaluation: Evaluation): string {
  const percent = figure(evaluation.confidence * 100);
  if (evaluation.champion === undefined) {
    const rows = evaluation.metrics.map((one) => [nameOf(one), withInterval(one.candidate)]);
    const note = evaluation.championSkipped === undefined ? '\n\nThere is no champion yet to compare with.' : '';
    return `${table(['Metric', `Candidate [${percent} %]`], rows, 'lr')}${note}`;
  }
  const champion = `Champion ${code(evaluation.champion.version)}`;
  const headers = ['Metric', champion, 'Candidate', `Difference [${percent} %]`, ''];
  const rows = evaluation.metrics.map((one) => [
    nameOf(one),
    one.champion === undefined ? '—' : figure(one.champion.value),
    withInterval(one.candidate),
    withInterval(one.difference, true),
    trend(one),
  ]);
  return table(headers, rows, 'lrrrl');
}

function nameOf(comparison: MetricComparison): string {
  return `${code(comparison.metric)} ${comparison.better === 'higher' ? '↑' : '↓'}`;
}

function gateTable(gates: GateResult[]): string {
  const rows = gates.map((gate) => [MARKS[gate.verdict], escapeText(gate.gate), escapeText(gate.evidence, 600)]);
  return `### Gates\n\n${table(['Verdict', 'Gate', 'Evidence'], rows)}`;
}

function servingTable({ candidate, champion }: Evaluation): string {
  const row = (name: string, cost: ServingCost) => [
    name,
    ...[cost.p50, cost.p95, cost.p99].map((value) => `${Number(value.toPrecision(3))} ms`),
    count(cost.rowsPerSecond),
    bytes(cost.sizeBytes),
  ];
  const rows = [
    row('candidate', candidate.serving),
    ...(champion === undefined ? [] : [row('champion', champion.serving)]),
  ];
  const note = 'Requests of one row, in turn with each other, on the machine that evaluated; rows a second in batches.';
  return `### Serving\n\n${table(['', 'p50', 'p95', 'p99', 'Rows a second', 'Size'], rows, 'lrrrrr')}\n\n${note}`;
}

function howItWasDone(evaluation: Evaluation): string {
  const { candidate, champion } = evaluation;
  const parts = [
    `candidate ${code(short(candidate.digest))}`,
    ...(champion === undefined ? [] : [`champion ${code(short(champion.digest))}`]),
    `holdout ${code(short(evaluation.holdoutDigest))}`,
    `seed ${evaluation.seed}`,
    ...(evaluation.task === 'binary-classification' ? [`threshold ${figure(evaluation.threshold)}`] : []),
  ];
  return `**How:** ${parts.join(', ')}. Intervals: ${methodsOf(evaluation)}.`;
}

function methodsOf(evaluation: Evaluation): string {
  const bootstrap = `${count(evaluation.resamples)} paired bootstrap resamples`;
  if (evaluation.groupedBy !== undefined) return `${bootstrap} of whole groups of ${code(evaluation.groupedBy)}`;
  const others = evaluation.metrics.some((one) => one.metric !== 'roc_auc' && one.metric !== 'accuracy');
  const methods = [
    ...(evaluation.metrics.some((one) => one.metric === 'roc_auc') ? [`${code('roc_auc')} by DeLong`] : []),
    ...(evaluation.metrics.some((one) => one.metric === 'accuracy') ? [`${code('accuracy')} by Wilson and Tango`] : []),
  ];
  if (!others) return methods.join(', ');
  return [...methods, methods.length === 0 ? bootstrap : `the rest by ${bootstrap}`].join(', ');
}

function joined(parts: string[]): string {
  return parts.filter((part) => part !== '').join('\n\n');
}
