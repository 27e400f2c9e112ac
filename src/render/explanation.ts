import type { GateResult } from '../domain/evaluate/evaluation.ts';
import { capped, code, escapeText, fold } from './markdown.ts';

export type ExplainedGate = { number: number; result: GateResult; lines: string[] };

/** How gates came to their verdicts; several are folded. */
export function renderExplanation(model: string, gates: ExplainedGate[]): string {
  if (gates.length === 0) return `${code(model)} has no gates.`;
  const parts = gates.map(({ number, result, lines }) => {
    const title = `Gate ${number}, ${result.gate}: ${result.verdict.replace('-', ' ')}`;
    // They are numbered already; as Markdown the numbers make a list.
    const body = lines.map((line, index) => `${index + 1}. ${escapeText(line.replace(/^\d+\. /, ''), 800)}`).join('\n');
    return gates.length === 1 ? `**${escapeText(title)}**\n\n${body}` : fold(title, body);
  });
  return capped([`How the gates of ${code(model)} were judged:`, ...parts].join('\n\n'));
}
