/** Carries out what was asked, once each, and says what came of it: the same for pull requests and drift issues. */
import { hasRole, type Role } from '../../domain/approvals/role.ts';
import type { Command, CommandPlace } from '../../domain/commands/command.ts';
import { AppError } from '../../domain/errors.ts';
import type { RepositoryRef } from '../../ports/github.ts';
import { code, escapeText } from '../../render/markdown.ts';
import { renderReply } from '../../render/reply.ts';
import type { FlowDeps } from '../deps.ts';
import type { CommandRecord, Records } from '../records.ts';

/** `note`: for the one comment, `''` for none; `reply`: what was asked to be told, in an answer of its own. */
export type Outcome = { ok: true; note: string; reply?: string } | { ok: false; reason: string };

/** Carries out one understood command of somebody with that role. `writtenAt`: when it was said, as GitHub knows it. */
export type Carry = (
  command: Command,
  asked: { by: string; role: Role; at: number; writtenAt: number; id: string },
) => Promise<Outcome>;

export async function answerAll(
  deps: FlowDeps,
  records: Records,
  ref: RepositoryRef,
  id: string,
  number: number,
  place: CommandPlace,
  carry: Carry,
  note: (note: { at: number; text: string; command: string }) => Promise<void>,
): Promise<void> {
  const asked = (await records.commands.list(`${id}/`)).filter((one) => !one.value.handled);
  asked.sort((a, b) => a.value.at - b.value.at || a.id.localeCompare(b.id, 'en', { numeric: true }));
  for (const { id: commandId, value } of asked) {
    if (value.commentId !== undefined) await deps.github.comments.react(ref, value.commentId, 'eyes');
    const outcome = await tryOne(deps, ref, commandId, value, carry);
    await tell(deps, ref, number, place, value, outcome);
    if (outcome.ok && outcome.note) await note({ at: value.at, text: outcome.note, command: commandId });
    await records.commands.update(commandId, (current) => current && { ...current, handled: true });
  }
}

async function tryOne(
  deps: FlowDeps,
  ref: RepositoryRef,
  id: string,
  record: CommandRecord,
  carry: Carry,
): Promise<Outcome> {
  const { parsed, by, at, writtenAt = at } = record;
  if (!parsed.ok) return { ok: false, reason: escapeText(parsed.error) };
  const role = await deps.github.people.role(ref, by);
  if (!hasRole(role, parsed.needs === 'read' ? 'none' : 'write')) {
    return { ok: false, reason: `${code(`/${parsed.command.name}`)} needs write access to this repository` };
  }
  try {
    return await carry(parsed.command, { by, role, at, writtenAt, id });
  } catch (error) {
    // What the person can mend is answered; everything else is tried again.
    if (
      error instanceof AppError &&
      (error.family === 'config' || error.family === 'permission' || error.code === 'conflict/not-found')
    ) {
      return { ok: false, reason: escapeText(error.message, 500) };
    }
    throw error;
  }
}

async function tell(
  deps: FlowDeps,
  ref: RepositoryRef,
  number: number,
  place: CommandPlace,
  record: CommandRecord,
  outcome: Outcome,
): Promise<void> {
  if (record.commentId === undefined) return;
  const reaction = outcome.ok ? '+1' : record.parsed.ok ? '-1' : 'confused';
  await deps.github.comments.react(ref, record.commentId, reaction);
  const help = record.parsed.ok && record.parsed.command.name === 'help';
  const asked = outcome.ok ? outcome.reply : undefined;
  if (outcome.ok && !help && asked === undefined) return;
  const marker = `reply/${record.commentId}/${record.parsed.line}`;
  await deps.github.comments.upsert(ref, number, { marker, body: asked ?? renderReply(outcome, place) });
}
