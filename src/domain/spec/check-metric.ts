import { type MetricFacts, metricsOfTask, parseMetric } from './metric-catalogue.ts';
import type { Pointer } from './read-yaml.ts';
import type { Report } from './report.ts';
import type { RawModel } from './schema-types.ts';
import { show, showList } from './show.ts';
import { didYouMean } from './suggest.ts';
import type { MetricName, Task } from './valid.ts';

/** Reports a name that is no metric of the task, and a parameter that is missing, not taken or out of bounds. */
export function checkMetric(
  metric: MetricName,
  task: Task,
  pointer: Pointer,
  report: Report,
  custom: readonly string[] = [],
): void {
  if (custom.includes(metric)) return;
  const { name, parameter, facts } = parseMetric(metric);
  const fitting = metricsOfTask(task);
  if (facts === undefined) {
    const known = [...fitting, ...custom];
    const hint = didYouMean(name, known) || `; metrics of ${task}: ${showList(known)}`;
    report.error(pointer, `there is no metric ${show(name)}${hint}`);
  } else if (!facts.tasks.includes(task)) {
    report.error(pointer, `${name} does not fit ${task}; metrics of it: ${showList(fitting)}`);
  } else {
    const trouble = parameterTrouble(name, parameter, metric.includes('@'), facts);
    if (trouble !== undefined) report.error(pointer, trouble);
  }
}

/** As `checkMetric`, and what else the metric needs of the model. */
export function checkModelMetric(metric: MetricName, raw: RawModel, pointer: Pointer, report: Report): void {
  checkMetric(metric, raw.task, pointer, report, customNames(raw));
  const { name, parameter } = parseMetric(metric);
  if (name === 'expected_cost' && raw.evaluate?.costs === undefined) {
    report.error(pointer, 'expected_cost needs evaluate.costs: what each decision costs');
  }
  if ((name === 'interval_coverage' || name === 'interval_width') && !raw.signature.output.interval) {
    report.error(pointer, `${name} needs signature.output.interval: the outputs that bound the value`);
  }
  const classes = raw.signature.output.classes?.length;
  if (name === 'top_k_accuracy' && classes !== undefined && parameter !== undefined && parameter >= classes) {
    report.error(pointer, `${metric} is 1 whatever the model does: it has ${classes} classes`);
  }
}

/** Names of the model's own metrics. */
export function customNames(raw: RawModel): string[] {
  return (raw.evaluate?.custom ?? []).map(({ name }) => name);
}

function parameterTrouble(
  name: string,
  parameter: number | undefined,
  given: boolean,
  facts: MetricFacts,
): string | undefined {
  if (!facts.parameter) return given ? `${name} takes no parameter` : undefined;
  const { meaning, min, max, integer } = facts.parameter;
  const wanted = `${integer ? 'a whole number' : 'a number'} from ${min} to ${max}: ${meaning}`;
  if (parameter === undefined) return `${name} needs a parameter, as in ${name}@${example(facts)}, ${wanted}`;
  const fits = parameter >= min && parameter <= max && (!integer || Number.isInteger(parameter));
  if (!fits) return `${name}@ takes ${wanted}; ${parameter} is not`;
  // Between these two there is no distribution whose deviance it would be.
  if (name === 'tweedie_deviance' && parameter > 0 && parameter < 1) {
    return `tweedie_deviance@ takes 0, or a number from 1 to 3: there is no distribution of power ${parameter}`;
  }
  return undefined;
}

function example({ parameter }: MetricFacts): number {
  return parameter?.integer ? 3 : (parameter?.max ?? 1) < 1 ? 0.5 : 2;
}
