import type { Json } from '../json.ts';
import type { GateReference } from './gate-reference.ts';

/** What a person asks for in a comment, as understood. */
export type Command =
  | { name: 'plan' }
  /** No models: all that the pull request concerns. */
  | { name: 'retrain'; models: string[]; params: Record<string, Json> }
  | { name: 'evaluate'; models: string[] }
  /** `sha`: 7 to 40 hex digits that the head must begin with. */
  | { name: 'approve'; sha?: string }
  | { name: 'unapprove' }
  | { name: 'waive'; model: string; gate: GateReference; reason: string }
  /** Without a gate: every waiver that counts for the model here. */
  | { name: 'unwaive'; model: string; gate?: GateReference }
  /** Without a gate: all of them. */
  | { name: 'explain'; model: string; gate?: GateReference }
  | { name: 'hold'; reason?: string }
  | { name: 'unhold' }
  | { name: 'cancel' }
  /** Without a version: the one before the present one. Without a deployment: the one that the issue is about. */
  | { name: 'rollback'; deployment?: string; version?: string }
  /** Zero: not any more. */
  | { name: 'snooze'; seconds: number }
  | { name: 'unsnooze' }
  | { name: 'accept' }
  | { name: 'help' };

export type CommandName = Command['name'];
export type CommandOf<N extends CommandName> = Extract<Command, { name: N }>;

/** Least that the commenter needs. `owner`: write access and to own what is changed, see approvals/. */
export type CommandNeed = 'read' | 'write' | 'owner';

/** A pull request, or the issue of a monitor. */
export type CommandPlace = 'pull' | 'issue';

export type Parsed<T> = { ok: true; command: T } | { ok: false; error: string };

/** One command: how it is written, what it does, who may. */
export type Grammar<C extends Command = Command> = {
  name: C['name'];
  usage: string;
  help: string;
  needs: CommandNeed;
  /** Where it can be given; a pull request only unless it says so. */
  on?: readonly CommandPlace[];
  /** `words` as separated by blanks, `text` the same unseparated. */
  parse(words: readonly string[], text: string): Parsed<C>;
};

export function refuse(error: string): { ok: false; error: string } {
  return { ok: false, error };
}
