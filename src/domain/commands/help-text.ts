import { ALL_COMMANDS } from './all-commands.ts';
import type { CommandNeed } from './command.ts';

const WHO: Record<CommandNeed, string> = { read: 'anyone', write: 'write access', owner: 'an owner' };

/** The commands as a Markdown table. */
export function helpText(): string {
  const rows = ALL_COMMANDS.map(({ usage, help, needs }) => `| \`${usage}\` | ${help} | ${WHO[needs]} |`);
  return ['| Command | What it does | Who |', '| --- | --- | --- |', ...rows].join('\n');
}
