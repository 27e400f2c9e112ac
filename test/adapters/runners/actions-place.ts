import type { RunnerSpec } from '../../../src/domain/spec/valid.ts';

export const REPOSITORY = 'acme/flights';

export const PLACE: Extract<RunnerSpec, { type: 'actions' }> = {
  name: 'gpu',
  type: 'actions',
  workflow: 'sluice.yml',
  runsOn: ['self-hosted', 'gpu'],
  startWithinMs: 600_000,
  pricePerHour: 0,
  maxHours: 24,
};
