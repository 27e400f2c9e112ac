import { fileURLToPath } from 'node:url';
import { booleanInput, optionalInput, requiredInput } from '../shared/inputs.ts';
import { startAction } from '../shared/start-action.ts';
import { evaluate } from './run.ts';

await startAction(async (io) => {
  const [champion, dataRoot, report] = [optionalInput('champion'), optionalInput('data-root'), optionalInput('report')];
  const inputs = {
    spec: requiredInput('spec'),
    model: requiredInput('model'),
    failOnGate: booleanInput('fail-on-gate', true),
    ...(champion ? { champion } : {}),
    ...(dataRoot ? { dataRoot } : {}),
    ...(report ? { report } : {}),
  };
  return evaluate(inputs, io, fileURLToPath(new URL('../../', import.meta.url)));
});
