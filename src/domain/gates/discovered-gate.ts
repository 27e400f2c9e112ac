import type { Evaluation } from '../evaluate/evaluation.ts';
import { parseMetric } from '../spec/metric-catalogue.ts';
import type { Gate, MetricName } from '../spec/valid.ts';
import { judgeBounds, pOfBounds } from './bounds.ts';
import { boundsOf } from './champion-gate.ts';
import { count, figure } from './figures.ts';
import { judgeAll, type Part } from './judge-all.ts';
import { cannotTell, type Finding, finding, type Judged, withoutChampion } from './verdict.ts';
import { confidenceAfter, worn } from './wear.ts';

type DiscoveredGate = Extract<Gate, { kind: 'discovered' }>;

/** No slice that the search found on one half, and confirmed on the other, is worse by more than the margin. */
export function judgeDiscovered(gate: DiscoveredGate, { evaluation, evaluations }: Judged): Finding {
  const { discovery } = evaluation;
  if (discovery === undefined) {
    return cannotTell('no slices were searched for', 'evaluate.discover in the base branch asks for the search.');
  }
  const without = withoutChampion(evaluation);
  if (without !== undefined) return without;
  if (discovery.metric !== gate.metric) return cannotTell(`slices were searched for by ${discovery.metric}`);
  const confidence = confidenceAfter(gate.confidence, evaluations);
  const searched = `${count(discovery.looked)} looked at, ${count(discovery.tried)} tried on the other half`;
  const found = discovery.found.filter((slice) => slice.against === 'champion');
  if (found.length === 0) {
    const working = [`Of the slices, ${searched}; none was confirmed to be worse than the champion.`];
    return worn(finding('pass', `none found (${searched})`, working), gate.confidence, evaluations);
  }
  const bounds = boundsOf(gate, { better: directionOf(gate.metric, evaluation) });
  const parts = found.map((slice): Part => {
    const reading = {
      of: 'the difference',
      estimate: slice.difference,
      from: evaluation.confidence,
      confidence,
      rows: slice.rows,
      signed: true,
    };
    return { name: slice.name, finding: judgeBounds(bounds, reading), p: pOfBounds(bounds, reading) };
  });
  // Those tried and not confirmed are hypotheses too.
  const judged = judgeAll(parts, (1 - confidence) / 2, 'found slices', discovery.tried);
  return worn({ ...judged, evidence: `${judged.evidence} (${searched})` }, gate.confidence, evaluations);
}

export function discoveredName(gate: DiscoveredGate): string {
  return `${gate.metric} in discovered slices, no worse than champion by ${figure(gate.noWorseThan)}`;
}

function directionOf(metric: MetricName, { metrics }: Evaluation): 'higher' | 'lower' | 'none' {
  return metrics.find((one) => one.metric === metric)?.better ?? parseMetric(metric).facts?.better ?? 'higher';
}
