import { fileURLToPath } from 'node:url';
import { booleanInput, listInput, optionalInput, requiredInput } from '../shared/inputs.ts';
import { startAction } from '../shared/start-action.ts';
import { drift } from './run.ts';

await startAction(async (io) => {
  const [effect, report, page] = [optionalInput('effect'), optionalInput('report'), optionalInput('page')];
  const inputs = {
    reference: requiredInput('reference'),
    current: requiredInput('current'),
    ignore: listInput('ignore'),
    by: listInput('by'),
    failOnDrift: booleanInput('fail-on-drift', false),
    ...(effect ? { effect } : {}),
    ...(report ? { report } : {}),
    ...(page ? { page } : {}),
  };
  return drift(inputs, io, fileURLToPath(new URL('../../', import.meta.url)));
});
