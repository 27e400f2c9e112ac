import type { Io } from './io.ts';
import type { Ended } from './run-program.ts';

const PROBLEM = /^(?<file>[^:\s][^:]*):(?<line>\d+):(?<column>\d+): (?<level>error|warning): (?<message>.*)$/;

/** GitHub shows ten annotations of a level and step; the log has all lines. */
const SHOWN = 10;

/**
 * What a command of sluice that gave no answer said on stderr: problems of specs on their lines, the rest as one error.
 * Answers the step's exit code, that of the command.
 */
export function annotateProblems(io: Io, { code, stderr }: Ended, doing: string): number {
  const problems = stderr.map((line) => PROBLEM.exec(line)?.groups).filter((groups) => groups !== undefined);
  for (const { file, line, column, level, message } of problems.slice(0, SHOWN)) {
    const place = { file: file!, startLine: Number(line), startColumn: Number(column) };
    if (level === 'error') io.error(message!, place);
    else io.warning(message!, place);
  }
  const words = stderr.filter((line) => line.startsWith('sluice: ') || line.startsWith('error: '));
  const last = words.at(-1) ?? stderr.filter((line) => line.trim() !== '').at(-1);
  io.error(`${doing}: ${last?.replace(/^(sluice|error): /, '') ?? `sluice ended with ${code}`}`);
  return Math.max(code, 1);
}
