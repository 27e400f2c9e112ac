import { fileURLToPath } from 'node:url';
import { optionalInput, requiredInput } from '../shared/inputs.ts';
import { startAction } from '../shared/start-action.ts';
import { train } from './run.ts';

await startAction(async (io) => {
  const [work, dataRoot] = [optionalInput('work'), optionalInput('data-root')];
  const inputs = {
    server: requiredInput('server'),
    job: requiredInput('job'),
    attempt: requiredInput('attempt'),
    ...(work ? { work } : {}),
    ...(dataRoot ? { dataRoot } : {}),
  };
  return train(inputs, io, fileURLToPath(new URL('../../', import.meta.url)));
});
