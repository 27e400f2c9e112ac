import { fileURLToPath } from 'node:url';
import { ActionError } from '../shared/action-error.ts';
import { optionalInput } from '../shared/inputs.ts';
import { startAction } from '../shared/start-action.ts';
import { type SetupInputs, setup } from './run.ts';

await startAction(async (io) =>
  setup({ install: installInput() }, io, fileURLToPath(new URL('../../', import.meta.url))),
);

function installInput(): SetupInputs['install'] {
  const value = optionalInput('install') ?? 'auto';
  if (value === 'auto' || value === 'true' || value === 'false') return value;
  throw new ActionError(`The input "install" is ${JSON.stringify(value)}: it must be auto, true or false`);
}
