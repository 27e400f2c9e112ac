import { nearest } from '../spec/suggest.ts';
import { ALL_COMMANDS } from './all-commands.ts';
import type { Command, CommandNeed } from './command.ts';
import { commandLines } from './command-lines.ts';
import { quote } from './names.ts';

export type ParsedCommand = { line: number } & (
  | { ok: true; command: Command; needs: CommandNeed }
  /** Why the line is no command that can be obeyed, to be answered. */
  | { ok: false; error: string }
);

const MOST_COMMANDS = 10;
const LONGEST_LINE = 1_000;

/**
 * The commands of a comment: the first line must be one, each stands on a line of its own. A comment that does not begin
 * with a command has none, whatever else it says.
 */
export function parseComment(body: string): ParsedCommand[] {
  const lines = commandLines(body);
  if (lines[0] === undefined || !looksLikeCommand(lines[0].text)) return [];
  const commands = lines.filter(({ text }) => looksLikeCommand(text));
  const parsed = commands
    .slice(0, MOST_COMMANDS)
    .map(({ line, text }): ParsedCommand => ({ line, ...parseLine(text) }));
  const next = commands[MOST_COMMANDS];
  if (next) parsed.push({ line: next.line, ok: false, error: `a comment has at most ${MOST_COMMANDS} commands` });
  return parsed;
}

/** `/word` and then a blank or the end: `/etc/passwd` and `/ 2` are prose. */
function looksLikeCommand(text: string): boolean {
  return /^\/[A-Za-z][A-Za-z-]*(?:\s|$)/.test(text);
}

function parseLine(text: string): { ok: true; command: Command; needs: CommandNeed } | { ok: false; error: string } {
  if (text.length > LONGEST_LINE) return { ok: false, error: `the line is longer than ${LONGEST_LINE} characters` };
  const [word = '', ...words] = text.split(/\s+/);
  const name = word.slice(1);
  const grammar = ALL_COMMANDS.find((candidate) => candidate.name === name);
  if (!grammar) return { ok: false, error: unknown(name) };
  const parsed = grammar.parse(words, text.slice(word.length).trim());
  return parsed.ok ? { ...parsed, needs: grammar.needs } : { ok: false, error: `${parsed.error} (${grammar.usage})` };
}

function unknown(name: string): string {
  const names = ALL_COMMANDS.map((command) => command.name);
  const lower = name.toLowerCase();
  if (names.some((known) => known === lower)) return `commands are written in lower case: /${lower}`;
  const near = nearest(lower, names);
  return `unknown command ${quote(`/${name}`)}; ${near === undefined ? '/help lists all' : `did you mean /${near}?`}`;
}
