import type { Monitor } from '../../domain/spec/valid-monitor.ts';
import { count, figure, plural } from '../format.ts';
import { type Block, fold, text } from '../report/document.ts';
import { spanWords } from './words.ts';

/** The rule, folded: those who doubt a verdict look it up. */
export function howBlocks(monitor: Monitor): Block[] {
  return [
    fold(
      'How this is judged',
      ...ruleTexts(monitor).map((one) => text(one)),
      ...lifeTexts(monitor).map((one) => text(one)),
    ),
  ];
}

export type Rule = Pick<Monitor, 'effect' | 'minRows' | 'falseDiscoveryRate' | 'seasonality' | 'multivariate'>;

/** What moves a column. */
export function ruleTexts({ effect, minRows, falseDiscoveryRate, seasonality, multivariate }: Rule): string[] {
  const size = figure(effect);
  const season: Record<Monitor['seasonality'], string> = {
    none: '',
    hour: ' Each window is compared with the same hours of the day of the reference.',
    weekday: ' Each window is compared with the same weekdays of the reference.',
    'hour-of-week': ' Each window is compared with the same hours of the week of the reference.',
  };
  return [
    'What is simply broken comes first and needs no statistics: a column that is gone or empty or of another type, too few rows, old rows, slow answers, errors, files that cannot be read.',
    `A number has moved when the largest distance between its distribution functions (D) is more than ${size}; a category, a number of few values, or the share of missing values when the population stability index (PSI) is. A test of “the effect is at most ${size}” must say so, with the false-discovery rate over all columns of a window held at ${figure(100 * falseDiscoveryRate)} %: many rows alone raise no alarm.${season[seasonality]}`,
    `A window needs ${count(minRows)} rows; with fewer it waits and is judged together with the next ones.${multivariate ? ' The columns are judged together as well, by the error of their reconstruction: a combination that the reference did not have is seen even where each column by itself looks as before.' : ''}`,
    'W1 (in standard deviations of the reference), PSI and Jensen–Shannon distance explain and never decide.',
  ];
}

function lifeTexts(monitor: Monitor): string[] {
  const { performance, open, close, reference } = monitor;
  const against =
    reference === 'training'
      ? 'what the live version was trained on'
      : `production from ${reference.from} to ${reference.to}`;
  const settled = monitor.settleSeconds === 0 ? 'at' : `${spanWords(monitor.settleSeconds)} after`;
  return [
    `The reference is ${against}; windows are of ${spanWords(monitor.windowSeconds)} and judged ${settled} their end. Late rows and labels judge a window again, and it says so.`,
    ...(performance.length > 0
      ? ['A metric is broken when its whole 95 % interval is worse than promised by more than it may lose.']
      : []),
    `Opens after ${open.after} bad of ${open.after + 1} windows, at once when the data is broken or D is surely above 0.3. Closes after ${plural(close.after, 'good window')} in a row with effects below 0.8 of what counts, and opens again rather than anew within ${spanWords(open.graceSeconds)}. Windows with too few rows or none count for neither.`,
  ];
}
