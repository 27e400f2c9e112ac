import { problemLines } from '../problem-lines.ts';
import { readRepository } from '../read-repository.ts';
import { readWorkTree } from '../work-tree.ts';
import type { CommandResult } from './command-result.ts';

/** `sluice validate`: every problem of the policy and the specs in a folder. */
export async function validate(folder: string): Promise<CommandResult> {
  const { problems, files } = await readRepository(await readWorkTree(folder));
  const errors = problems.filter(({ level }) => level === 'error').length;
  const warnings = problems.length - errors;
  const verdict =
    errors === 0 ? `${files} files are valid` : `${errors} ${errors === 1 ? 'error' : 'errors'} in ${files} files`;
  const aside = warnings === 0 ? '' : `, ${warnings} ${warnings === 1 ? 'warning' : 'warnings'}`;
  return {
    exitCode: errors === 0 ? 0 : 1,
    text: [...problemLines(problems), `${verdict}${aside}`].join('\n'),
    json: { valid: errors === 0, files, errors, warnings, problems },
  };
}
