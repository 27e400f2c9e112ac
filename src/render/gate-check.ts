import type { GateResult } from '../domain/evaluate/evaluation.ts';
import { plural } from './format.ts';
import { code, escapeText, table } from './markdown.ts';
import type { CheckText } from './plan-check.ts';

export type GateView = {
  state:
    | { kind: 'working'; what: string }
    | { kind: 'failed'; reasons: string[] }
    | { kind: 'blocked'; reasons: string[] }
    | { kind: 'passed' };
  models: { name: string; gates: GateResult[] }[];
  approvals: { by: string; stale: boolean }[];
};

const MARKS: Record<GateResult['verdict'], string> = {
  pass: '✅ pass',
  fail: '❌ fail',
  'needs-approval': '✋ needs approval',
  'cannot-tell': '❔ cannot tell',
};

/** The one check to require in branch protection. */
export function renderGateCheck(view: GateView): CheckText {
  const parts = [
    stateText(view),
    ...view.models.filter((model) => model.gates.length > 0).map(gateTable),
    view.approvals.length > 0
      ? `**Approvals:** ${view.approvals.map((one) => `${escapeText(one.by)}${one.stale ? ' (stale: something was pushed or evaluated since)' : ''}`).join(', ')}`
      : '',
  ];
  return { title: gateTitle(view), summary: parts.filter((part) => part !== '').join('\n\n') };
}

function gateTitle({ state, models }: GateView): string {
  const gates = models.reduce((sum, model) => sum + model.gates.length, 0);
  switch (state.kind) {
    case 'working':
      return `Working: ${state.what}`.slice(0, 120);
    case 'failed':
      return state.reasons.length === 1
        ? oneLine(state.reasons[0]!)
        : `${plural(state.reasons.length, 'reason')} against merging`;
    case 'blocked':
      return oneLine(state.reasons[0] ?? 'Waiting');
    case 'passed':
      return gates > 0 ? `${plural(gates, 'gate')} passed` : 'Nothing to gate';
  }
}

function oneLine(text: string): string {
  const plain = text.replace(/`/g, '');
  return plain.length > 120 ? `${plain.slice(0, 119)}…` : plain;
}

function stateText({ state }: GateView): string {
  switch (state.kind) {
    case 'working':
      return 'The verdict follows when training and evaluation are done.';
    case 'failed':
      return `**Not to be merged:**\n\n${state.reasons.map((why) => `- ${escapeText(why, 800)}`).join('\n')}`;
    case 'blocked':
      return `**Waiting:**\n\n${state.reasons.map((why) => `- ${why}`).join('\n')}`;
    case 'passed':
      return 'Everything asked of this change is there. What was evaluated is what ships.';
  }
}

function gateTable(model: { name: string; gates: GateResult[] }): string {
  const rows = model.gates.map((gate) => [escapeText(gate.gate), MARKS[gate.verdict], escapeText(gate.evidence, 600)]);
  return `### ${code(model.name)}\n\n${table(['Gate', 'Verdict', 'Evidence'], rows)}`;
}
