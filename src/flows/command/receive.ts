/** What people ask, kept before the delivery counts as handled; carried out when its pull request or issue is looked at. */
import type { CommandName } from '../../domain/commands/command.ts';
import { type ParsedCommand, parseComment } from '../../domain/commands/parse-comment.ts';
import type { ActionAsked, CommentAsked } from '../../domain/events/asked.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Store } from '../../ports/store.ts';
import { formatKey } from '../keys.ts';
import type { Records } from '../records.ts';

type Given = { store: Store; records: Records; clock: Clock };

export async function receiveComment({ records, clock }: Given, comment: CommentAsked): Promise<void> {
  for (const parsed of parseComment(comment.body)) {
    await records.commands.update(
      `${comment.repository}#${comment.number}/${comment.commentId}/${parsed.line}`,
      (known) =>
        known
          ? undefined
          : {
              parsed,
              by: comment.by,
              at: clock.now(),
              writtenAt: comment.writtenAt,
              commentId: comment.commentId,
              handled: false,
            },
    );
  }
}

/** Buttons that a check shows, as the commands that they stand for. */
const BUTTONS = new Set<string>(['approve', 'hold', 'unhold', 'cancel', 'retrain', 'evaluate'] satisfies CommandName[]);

export async function receiveAction(
  { store, records, clock }: Given,
  action: ActionAsked & { delivery: string },
): Promise<void> {
  const parsed = parseButton(action);
  const number = Number(/^(\d+)\//.exec(action.checkKey)?.[1] ?? action.pulls[0]);
  if (!parsed || !Number.isInteger(number)) return;
  await records.commands.update(`${action.repository}#${number}/${action.delivery}/1`, (known) =>
    known ? undefined : { parsed, by: action.by, at: clock.now(), handled: false },
  );
  await store.queue.request(formatKey({ kind: 'pull', repository: action.repository, number }));
}

function parseButton(action: ActionAsked): Extract<ParsedCommand, { ok: true }> | undefined {
  const [, kind, model = ''] = /^sluice\/(train|evaluate): (\S+)$/.exec(action.checkName) ?? [];
  // GitHub empties a check that is run again, so it must at least be filled anew.
  const again = kind === 'train' ? 'retrain' : kind === 'evaluate' ? 'evaluate' : 'plan';
  const name = action.identifier === 'rerequest' ? again : action.identifier;
  if (name !== again && !BUTTONS.has(name)) return undefined;
  const argument = name === 'retrain' || name === 'evaluate' ? model : name === 'approve' ? action.sha : '';
  const [parsed] = parseComment(`/${name} ${argument}`.trim());
  return parsed?.ok ? parsed : undefined;
}
