import { expect, it } from 'vitest';
import { privateInputs } from '../../../src/flows/monitor/private-inputs.ts';

const version = (name: string, pii: string[]) => ({
  version: name,
  model: { signature: { inputs: ['age', 'zip'].map((column) => ({ name: `input_${column}`, column })) } },
  dataset: { columns: ['age', 'zip', 'name'].map((column) => ({ name: column, pii: pii.includes(column) })) },
});

const of = (live: string, ...answered: string[]) => {
  const versions = [version('1.0.0', ['age', 'name']), version('1.1.0', []), version('2.0.0', ['zip'])];
  const current = versions.find((one) => one.version === live);
  const windows = answered.map((one) => ({ version: one }));
  return [...privateInputs({ versions, current } as never, { windows } as never)].sort();
};

it.each([
  ['the live version', of('1.0.0'), ['age', 'input_age']],
  ['a version that answered before', of('1.1.0', '1.0.0', '1.1.0'), ['age', 'input_age']],
  ['several', of('2.0.0', '1.0.0'), ['age', 'input_age', 'input_zip', 'zip']],
  ['none', of('1.1.0', '1.1.0'), []],
])('personal data of %s', (_, found, wanted) => {
  expect(found).toEqual(wanted);
});
