import type { Discovery, Evaluation, TriedSlice } from '../evaluate/evaluation.ts';
import { foundSlices } from '../evaluate/slices/found-slices.ts';
import { parseMetric } from '../spec/metric-catalogue.ts';
import type { Gate, MetricName } from '../spec/valid.ts';
import { rangeOf } from './absolute-gate.ts';
import { judgeBounds, type Reading } from './bounds.ts';
import { boundsOf } from './champion-gate.ts';
import { count, figure } from './figures.ts';
import { judgeAll, type Part } from './judge-all.ts';
import { pOfBounds } from './p-of-bounds.ts';
import { cannotTell, type Finding, finding, type Judged, withoutChampion } from './verdict.ts';
import { confidenceAfter, percent, worn } from './wear.ts';

type DiscoveredGate = Extract<Gate, { kind: 'discovered' }>;

/**
 * No slice that the search found on one half, and confirmed on the other, is worse by more than the margin. What counts
 * as found goes by the confidence that the gate states: were it the worn one, a worn holdout would find less and pass
 * more. The margin goes by the worn one.
 */
export function judgeDiscovered(gate: DiscoveredGate, { evaluation, evaluations }: Judged): Finding {
  const { discovery } = evaluation;
  if (discovery === undefined) {
    return cannotTell('no slices were searched for', 'evaluate.discover in the base branch asks for the search.');
  }
  const without = withoutChampion(evaluation);
  if (without !== undefined) return without;
  if (discovery.metric !== gate.metric) return cannotTell(`slices were searched for by ${discovery.metric}`);
  const blind = nothingSeen(discovery);
  if (blind !== undefined) return blind;
  const confidence = confidenceAfter(gate.confidence, evaluations);
  const searched = searchedText(discovery);
  const found = foundSlices(discovery, gate.confidence).filter(({ against }) => against === 'champion');
  const parts = [...found.map((slice) => partOf(gate, slice, evaluation, confidence)), ...untoldPart(discovery)];
  if (parts.length === 0) {
    const working = [
      `Of the slices, ${searched}; none was confirmed to be worse than the champion, after Holm's correction at ` +
        `${percent(gate.confidence)}.`,
    ];
    return worn(finding('pass', `none found (${searched})`, working), gate.confidence, evaluations);
  }
  // Those tried and not confirmed are hypotheses too.
  const family = discovery.tried.length + discovery.untold;
  const judged = judgeAll(parts, (1 - confidence) / 2, 'found slices', family);
  return worn({ ...judged, evidence: `${judged.evidence} (${searched})` }, gate.confidence, evaluations);
}

export function discoveredName(gate: DiscoveredGate): string {
  return `${gate.metric} in discovered slices, no worse than champion by ${figure(gate.noWorseThan)}`;
}

/** Where the search saw nothing, that it found nothing says nothing. */
function nothingSeen({ metric, looked, measured, unmeasured }: Discovery): Finding | undefined {
  if (looked === 0) {
    return cannotTell(
      'no slice could be looked at',
      'Columns to search in, more rows, or a lower evaluate.discover.minRows would make some.',
    );
  }
  if (measured > 0 || unmeasured === 0) return undefined;
  return cannotTell(
    `${metric} could not be measured in any of ${count(unmeasured)} slices`,
    'It takes a metric with a score for each row, and enough rows.',
  );
}

function searchedText({ looked, unmeasured, tried, untold }: Discovery): string {
  const parts = [
    `${count(looked)} looked at`,
    ...(unmeasured === 0 ? [] : [`${count(unmeasured)} could not be measured`]),
    `${count(tried.length + untold)} tried on the other half`,
  ];
  return parts.join(', ');
}

function partOf(gate: DiscoveredGate, slice: TriedSlice, evaluation: Evaluation, confidence: number): Part {
  const bounds = boundsOf(gate, { better: directionOf(gate.metric, evaluation) });
  const reading: Reading = {
    of: 'the difference',
    estimate: slice.difference,
    from: evaluation.confidence,
    confidence,
    rows: slice.rows,
    signed: true,
    ...rangeOf(gate.metric),
    ...(slice.degrees === undefined ? {} : { degrees: slice.degrees }),
  };
  return { name: slice.name, finding: judgeBounds(bounds, reading), p: pOfBounds(bounds, reading) };
}

function untoldPart({ metric, untold }: Discovery): Part[] {
  if (untold === 0) return [];
  const name = untold === 1 ? 'one that stood out' : `${count(untold)} that stood out`;
  const why = `on the first half: ${metric} could not be measured there on the other`;
  return [{ name, p: 1, finding: cannotTell(why, 'More rows would tell.') }];
}

function directionOf(metric: MetricName, { metrics }: Evaluation): 'higher' | 'lower' | 'none' {
  return metrics.find((one) => one.metric === metric)?.better ?? parseMetric(metric).facts?.better ?? 'higher';
}
