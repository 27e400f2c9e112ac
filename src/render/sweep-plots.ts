import { lineChart } from './chart.ts';
import { escapeText } from './markdown.ts';
import type { Picture, Pictures } from './pictures.ts';
import type { SweepView } from './sweep.ts';
import { paramsText } from './sweep-text.ts';

/** The value of every trial, rung by rung, and the curves of the best few. */
export function sweepPlots(view: SweepView, pictures: Pictures): Picture[] {
  const { spec, step, curves } = view.sweep;
  const done = step.runs.filter(({ result }) => result?.state === 'done');
  const rungs = [...new Set(done.map(({ rung }) => rung))];
  const values = rungs.map((rung) => ({
    name: spec.halving ? `${spec.halving.param} ${done.find((run) => run.rung === rung)!.resource}` : spec.metric,
    points: done.flatMap((run): [number, number][] =>
      run.rung === rung && run.result?.state === 'done' ? [[run.index + 1, run.result.value]] : [],
    ),
  }));
  const drawn = curves.flatMap(({ id, points }) => {
    const run = step.runs.find((one) => one.id === id);
    return run && points.length > 1 ? [{ name: `${run.index + 1}: ${paramsText(run.params, spec)}`, points }] : [];
  });
  const title = `${view.model}: ${spec.metric}`;
  const alt = `${escapeText(spec.metric, 40)} of ${view.model}`;
  return [
    ...(done.length > 1
      ? [
          pictures.show(
            `${alt} by trial`,
            lineChart({ title: `${title} by trial`, x: 'trial', y: spec.metric, series: values, marks: 'points' }),
          ),
        ]
      : []),
    ...(drawn.length > 0
      ? [
          pictures.show(
            `${alt} by step, best trials`,
            lineChart({ title: `${title}, best trials`, x: 'step', y: spec.metric, series: drawn }),
          ),
        ]
      : []),
  ];
}
