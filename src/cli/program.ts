import { Command, type CommandOptions, InvalidArgumentError } from 'commander';
import type { CommandResult } from './commands/command-result.ts';

export const VERSION = '0.1.0';

export const EXIT_CODES = `
Exit codes: 0 yes · 1 the verdict is no · 2 bad input · 3 a fault of ours or of the world`;

export function createProgram(): Command {
  return new Command('sluice')
    .description('One controlled channel for every change of a machine-learning model.')
    .version(VERSION)
    .showHelpAfterError()
    .showSuggestionAfterError()
    .exitOverride()
    .addHelpText('after', EXIT_CODES);
}

export function command(of: Command, usage: string, description: string, options: CommandOptions = {}): Command {
  return of
    .command(usage, options)
    .description(description)
    .option('--json', 'print JSON instead of text')
    .addHelpText('after', EXIT_CODES);
}

export function print(answer: CommandResult, json: boolean | undefined): void {
  process.stdout.write(json ? `${JSON.stringify(answer.json, null, 2)}\n` : `${answer.text.trimEnd()}\n`);
  process.exitCode = answer.exitCode;
}

export function port(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0 || value > 65_535)
    throw new InvalidArgumentError('a number from 0 to 65535');
  return value;
}

export function count(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError('a number from 1');
  return value;
}
