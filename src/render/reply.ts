import type { CommandPlace } from '../domain/commands/command.ts';
import { helpText } from '../domain/commands/help-text.ts';

/** The short answer to a command: why it changed nothing, or the help. `reason` is Markdown of ours, data escaped. */
export function renderReply(outcome: { ok: true } | { ok: false; reason: string }, place: CommandPlace): string {
  if (outcome.ok)
    return `Each command stands on a line of its own; the first line of the comment must be one.\n\n${helpText(place)}`;
  return `Nothing was changed: ${outcome.reason}. \`/help\` lists what can be asked.`;
}
