import type { GateResult } from '../domain/evaluate/evaluation.ts';
import { gateBlocks } from './evaluation/gates-section.ts';
import { plural } from './format.ts';
import { capped, escapeText } from './markdown.ts';
import type { CheckText } from './plan-check.ts';
import { composeMarkdown } from './report/compose-markdown.ts';

export type GateView = {
  state:
    | { kind: 'working'; what: string }
    | { kind: 'failed'; reasons: string[] }
    | { kind: 'blocked'; reasons: string[] }
    | { kind: 'passed' };
  models: { name: string; gates: GateResult[] }[];
  approvals: { by: string; stale: boolean }[];
};

/** GitHub takes 65,535; what is asked of people comes before the gates in detail. */
const LIMIT = 65_000;
const REASONS_LIMIT = 20_000;

/** The one check to require in branch protection. */
export function renderGateCheck(view: GateView): CheckText {
  const head = capped(stateText(view), REASONS_LIMIT);
  const tail = capped(approvalText(view), REASONS_LIMIT);
  const sections = view.models.map(({ name, gates }) => ({
    id: name,
    title: { code: name },
    priority: gates.some((gate) => gate.verdict !== 'pass' && gate.verdict !== 'waived') ? 1 : 0,
    blocks: gateBlocks(gates, name),
  }));
  const room = LIMIT - Buffer.byteLength(head) - Buffer.byteLength(tail);
  const parts = [head, composeMarkdown(sections, room, { pictures: new Map() }), tail];
  return { title: gateTitle(view), summary: parts.filter((part) => part !== '').join('\n\n') };
}

function approvalText({ approvals }: GateView): string {
  if (approvals.length === 0) return '';
  const each = approvals.map(
    ({ by, stale }) => `${escapeText(by)}${stale ? ' (stale: something was pushed or evaluated since)' : ''}`,
  );
  return `**Approvals:** ${each.join(', ')}`;
}

function gateTitle({ state, models }: GateView): string {
  const all = models.flatMap((model) => model.gates);
  const gates = all.length;
  const waived = all.filter((gate) => gate.verdict === 'waived').length;
  switch (state.kind) {
    case 'working':
      return `Working: ${state.what}`.slice(0, 120);
    case 'failed':
      return state.reasons.length === 1
        ? oneLine(state.reasons[0]!)
        : `${plural(state.reasons.length, 'reason')} against merging`;
    case 'blocked':
      return oneLine(state.reasons[0] ?? 'Waiting');
    case 'passed': {
      if (gates === 0) return 'Nothing to gate';
      return waived > 0
        ? `${plural(gates - waived, 'gate')} passed, ${waived} waived`
        : `${plural(gates, 'gate')} passed`;
    }
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
