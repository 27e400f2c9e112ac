import { ALL_COMMANDS } from './all-commands.ts';
import type { CommandName, CommandNeed, CommandPlace } from './command.ts';

const WHO: Record<CommandNeed, string> = { read: 'anyone', write: 'write access', owner: 'an owner' };

/** The commands that can be given there as a Markdown table. */
export function helpText(place: CommandPlace): string {
  const rows = commandsOn(place).map(({ usage, help, needs }) => `| \`${usage}\` | ${help} | ${WHO[needs]} |`);
  return ['| Command | What it does | Who |', '| --- | --- | --- |', ...rows].join('\n');
}

export function isOn(name: CommandName, place: CommandPlace): boolean {
  return commandsOn(place).some((command) => command.name === name);
}

function commandsOn(place: CommandPlace) {
  return ALL_COMMANDS.filter(({ on = ['pull'] }) => on.includes(place));
}
