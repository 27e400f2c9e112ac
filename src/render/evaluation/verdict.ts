/** The verdict in words. */
import type { Evaluation, GateResult, GateVerdict } from '../../domain/evaluate/evaluation.ts';
import { foundSlices } from '../../domain/evaluate/slices/found-slices.ts';
import { count, figure, plural } from '../format.ts';
import { type Block, note, type Span, text } from '../report/document.ts';
import { directionOf } from './figures.ts';
import { worseSlices } from './slices-section.ts';
import type { EvaluationFacts } from './view.ts';

/** From here on a holdout is worn enough to say it first. */
const WORN = 20;

export type Standing = 'pass' | 'fail' | 'needs-approval' | 'no-gates';

export function standingOf(gates: GateResult[]): Standing {
  const has = (...verdicts: GateVerdict[]) => gates.some((gate) => verdicts.includes(gate.verdict));
  if (gates.length === 0) return 'no-gates';
  if (has('fail', 'cannot-tell')) return 'fail';
  return has('needs-approval') ? 'needs-approval' : 'pass';
}

export function verdictWords(gates: GateResult[]): string {
  const of = (...verdicts: GateVerdict[]) => gates.filter((gate) => verdicts.includes(gate.verdict)).length;
  const all = gates.length;
  const only = all === 1;
  const asked = of('needs-approval');
  switch (standingOf(gates)) {
    case 'no-gates':
      return 'No gates';
    case 'fail': {
      if (only) return 'The gate is not passed';
      const against = `${count(of('fail', 'cannot-tell'))} of ${count(all)} gates not passed`;
      return asked === 0 ? against : `${against}, ${count(asked)} ${asked === 1 ? 'needs' : 'need'} approval`;
    }
    case 'needs-approval':
      if (only) return 'The gate needs approval';
      return `${count(asked)} of ${count(all)} gates ${asked === 1 ? 'needs' : 'need'} approval`;
    case 'pass': {
      const waived = of('waived');
      if (waived === 0) return only ? 'The gate passes' : `All ${count(all)} gates pass`;
      if (waived === all) return only ? 'The gate is waived' : `All ${count(all)} gates are waived`;
      return `${count(all - waived)} of ${count(all)} gates ${all - waived === 1 ? 'passes' : 'pass'}, ${count(waived)} waived`;
    }
  }
}

const SIGNS: Record<Standing, string> = { pass: '✅ ', fail: '❌ ', 'needs-approval': '✋ ', 'no-gates': '' };

/** For a list of checks: at most 120 characters. */
export function titleOf({ evaluation, gates }: EvaluationFacts): string {
  const [first] = evaluation.metrics;
  const verdict = verdictWords(gates);
  if (first === undefined) return verdict;
  const champion = first.champion === undefined ? '' : ` (champion ${figure(first.champion.value)})`;
  return `${verdict}: ${first.metric} ${figure(first.candidate.value)}${champion}`.slice(0, 120);
}

export function verdictBlocks({ evaluation, gates, model, evaluations, links }: EvaluationFacts): Block[] {
  const { champion, championSkipped, dataset, rows } = evaluation;
  const found: Span[] =
    champion === undefined
      ? []
      : [` Against champion `, { code: champion.version }, `: ${againstChampion(evaluation)}${inSlices(evaluation)}.`];
  const first = text(
    { figure: SIGNS[standingOf(gates)] },
    { strong: `${verdictWords(gates)}.` },
    ' ',
    { code: model },
    ` on ${plural(rows, 'row')} of `,
    { code: dataset },
    ` held out from training.`,
    ...found,
  );
  const elsewhere: Span[] = [
    ...(links?.page === undefined ? [] : [{ link: 'Full report', to: links.page }]),
    ...(links?.predictions === undefined ? [] : [{ link: 'Predictions (Parquet)', to: links.predictions }]),
  ];
  return [
    first,
    ...(championSkipped === undefined
      ? []
      : [note('The champion was not scored: ', { text: championSkipped, limit: 400 })]),
    ...(evaluations !== undefined && evaluations >= WORN
      ? [note({ strong: 'Worn holdout:' }, ` ${wear(evaluations)}.`)]
      : []),
    ...(elsewhere.length === 0 ? [] : [text(...elsewhere.flatMap((span, at) => (at === 0 ? [span] : [' · ', span])))]),
  ];
}

/** Each further candidate is judged at a higher confidence (see the gates), as the best of many owes something to luck. */
export function wear(evaluations: number): string {
  return evaluations === 1
    ? 'the first candidate that this holdout judges'
    : `this holdout has judged ${count(evaluations)} candidates, this one included: the more, the more confidence gates ask for`;
}

function againstChampion({ metrics }: Evaluation): string {
  const directions = metrics.map((one) => directionOf(one));
  const of = (...wanted: (typeof directions)[number][]) => directions.filter((one) => wanted.includes(one)).length;
  const parts = [
    [of('better'), 'better'],
    [of('worse'), 'worse'],
    [of('same'), 'the same'],
    [of('differs'), 'different'],
    [of('unclear', 'too-few', undefined), 'unclear'],
  ] as const;
  const said = parts
    .filter(([many]) => many > 0)
    .map(([many, word], at) => {
      const noun = at === 0 ? ` ${many === 1 ? 'metric' : 'metrics'}` : '';
      return [many, noun, word] as const;
    });
  return said.map(([many, noun, word]) => `${count(many)}${noun} ${word}`).join(', ');
}

function inSlices(evaluation: Evaluation): string {
  const worse = new Set(worseSlices(evaluation).map(({ slice }) => slice.name)).size;
  const { discovery, confidence } = evaluation;
  const found = discovery === undefined ? 0 : foundSlices(discovery, confidence).length;
  const parts = [
    ...(worse === 0 ? [] : [`worse in ${plural(worse, 'slice')}`]),
    ...(found === 0 ? [] : [`in ${plural(found, 'slice')} that the search found`]),
  ];
  return parts.length === 0 ? '' : `; ${worse === 0 ? 'worse ' : ''}${parts.join(' and ')}`;
}
