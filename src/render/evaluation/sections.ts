import type { Section } from '../report/document.ts';
import { curveBlocks } from './curves-section.ts';
import { discoveryBlocks } from './discovery-section.ts';
import { fairnessBlocks } from './fairness-section.ts';
import { gateBlocks } from './gates-section.ts';
import { howBlocks } from './how-section.ts';
import { metricBlocks } from './metrics-section.ts';
import type { Plot } from './plots.ts';
import { robustnessBlocks } from './robustness-section.ts';
import { seedBlocks } from './seeds-section.ts';
import { servingBlocks } from './serving-section.ts';
import { sliceBlocks } from './slices-section.ts';
import { untoldBlocks } from './untold-section.ts';
import { verdictBlocks } from './verdict.ts';
import type { EvaluationFacts } from './view.ts';

/** What decides, in the order of reading. */
export function mainSections(facts: EvaluationFacts): Section[] {
  const { evaluation, gates, model } = facts;
  return [
    section('verdict', '', 100, verdictBlocks(facts)),
    section('metrics', '', 90, metricBlocks(evaluation, gates)),
    section('gates', 'Gates', 80, gateBlocks(gates, model)),
    section('untold', 'What could not be told', 70, untoldBlocks(evaluation, gates)),
  ];
}

/** What explains it. */
export function furtherSections(facts: EvaluationFacts, plots: Pick<Plot, 'name' | 'alt'>[]): Section[] {
  const { evaluation } = facts;
  return [
    section('slices', 'Slices', 60, sliceBlocks(evaluation)),
    section('discovery', 'Discovered slices', 70, discoveryBlocks(evaluation)),
    section('fairness', 'Fairness', 65, fairnessBlocks(evaluation.fairness, facts.gates)),
    section('robustness', 'Robustness', 75, robustnessBlocks(evaluation.robustness)),
    section('seeds', 'Luck of the seed', 80, seedBlocks(evaluation)),
    section('serving', 'Cost of serving', 85, servingBlocks(evaluation.serving)),
    section('plots', 'Pictures', 55, curveBlocks(evaluation, plots)),
    section('how', 'How it was done', 90, howBlocks(facts)),
  ];
}

function section(id: string, title: string, priority: number, blocks: Section['blocks']): Section {
  return { id, title, priority, blocks };
}
