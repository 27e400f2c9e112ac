import { checkModelMetric, customNames } from './check-metric.ts';
import { parseMetric } from './metric-catalogue.ts';
import type { Pointer } from './read-yaml.ts';
import type { Report } from './report.ts';
import type { RawModel } from './schema-types.ts';
import { show, showList } from './show.ts';
import { didYouMean } from './suggest.ts';
import type { Dataset, Model } from './valid.ts';

type Threshold = Pick<Model['evaluate'], 'threshold' | 'chooseThreshold'>;

/** Of these, a threshold between the extremes can be the best one. */
const CHOOSABLE = ['accuracy', 'balanced_accuracy', 'f1', 'f_beta', 'mcc', 'cohen_kappa', 'expected_cost'];
const AT: Pointer = ['evaluate', 'threshold'];

/** `split`: the one that the model is judged on. */
export function toThreshold(raw: RawModel, split: string, dataset: Dataset | undefined, report: Report): Threshold {
  const threshold = raw.evaluate?.threshold;
  if (threshold === undefined) return { threshold: 0.5 };
  if (raw.task !== 'binary-classification') {
    report.error(AT, `"threshold" is for binary-classification, not for ${raw.task}`, 'key');
  }
  if (typeof threshold === 'number') return { threshold };
  const { choose } = threshold;
  const { name, facts } = parseMetric(choose);
  if (customNames(raw).includes(choose)) {
    const why = 'it is not computed at every threshold';
    report.error(
      [...AT, 'choose'],
      `${choose} is a metric of your own: ${why}; choose by one of ${showList(CHOOSABLE)}`,
    );
  } else if (facts !== undefined && !CHOOSABLE.includes(name)) {
    report.error([...AT, 'choose'], `no threshold is best in ${name}; choose by one of ${showList(CHOOSABLE)}`);
  } else checkModelMetric(choose, raw, [...AT, 'choose'], report);
  checkChoiceSplit(threshold.split, split, dataset, report);
  return { threshold: 0.5, chooseThreshold: { metric: choose, split: threshold.split } };
}

function checkChoiceSplit(choice: string, judged: string, dataset: Dataset | undefined, report: Report): void {
  const at: Pointer = [...AT, 'split'];
  if (choice === judged || choice === 'holdout') {
    report.error(at, `a threshold is not chosen on rows that models are judged on: ${show(choice)} is such a split`);
  }
  if (choice === 'train') {
    report.warning(at, 'on rows that it was trained on a model is too sure of itself: a split of its own is better');
  }
  if (!dataset || Object.hasOwn(dataset.splits, choice)) return;
  const names = Object.keys(dataset.splits);
  const hint = didYouMean(choice, names) || `; splits: ${showList(names)}`;
  report.error(at, `dataset ${show(dataset.name)} has no split ${show(choice)}${hint}`);
}

/** Rows of truth × columns of decision, in the order of the classes (binary: no, yes). */
export function toCosts(raw: RawModel, report: Report): number[][] | undefined {
  const costs = raw.evaluate?.costs;
  const at: Pointer = ['evaluate', 'costs'];
  if (costs === undefined) return undefined;
  if (raw.task === 'binary-classification') {
    if (!Array.isArray(costs)) {
      const { falsePositive, falseNegative, truePositive = 0, trueNegative = 0 } = costs;
      return [
        [trueNegative, falsePositive],
        [falseNegative, truePositive],
      ];
    }
    report.error(at, 'the costs of a binary decision are {falsePositive, falseNegative}');
  } else if (raw.task === 'multiclass-classification') {
    const classes = raw.signature.output.classes?.length ?? 0;
    const square = Array.isArray(costs) && costs.length === classes && costs.every((row) => row.length === classes);
    if (square) return costs;
    report.error(
      at,
      `the costs are ${classes} rows (the truth) of ${classes} numbers (the decision), as the classes are`,
    );
  } else report.error(at, `"costs" are of decisions between classes, not for ${raw.task}`, 'key');
  return undefined;
}
