import type { Usage } from '../domain/jobs/job.ts';

/** More than any machine has: what is beyond is a mistake or a lie. */
const MAX_SECONDS = 10 ** 9;
const MAX_BYTES = 2 ** 50;
const MAX_JOULES = 10 ** 13;
const MAX_GPUS = 1_024;

/** What an agent says it used. What makes no sense of it is left out: an odd figure must not cost the attempt. */
export function parseUsage(value: unknown): Usage | undefined {
  const { cpuSeconds, peakMemoryBytes, gpu } = fieldsOf(value);
  const usage: Usage = {
    ...part('cpuSeconds', cpuSeconds, MAX_SECONDS),
    ...part('peakMemoryBytes', peakMemoryBytes, MAX_BYTES),
    ...parseGpu(fieldsOf(gpu)),
  };
  return Object.keys(usage).length === 0 ? undefined : usage;
}

function parseGpu(gpu: Record<string, unknown>): Pick<Usage, 'gpu'> {
  const { model, count, utilisation, peakMemoryBytes, energyJoules } = gpu;
  if (typeof model !== 'string' || !Number.isInteger(count) || !isBetween(count, 1, MAX_GPUS)) return {};
  if (!isBetween(utilisation, 0, 1) || !isBetween(peakMemoryBytes, 0, MAX_BYTES)) return {};
  return {
    gpu: {
      model: model.replace(/[^\w .,()+/-]/g, '').slice(0, 100),
      count: count,
      utilisation,
      peakMemoryBytes,
      ...part('energyJoules', energyJoules, MAX_JOULES),
    },
  };
}

const fieldsOf = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};

const isBetween = (value: unknown, least: number, most: number): value is number =>
  typeof value === 'number' && value >= least && value <= most;

function part<Name extends string>(name: Name, value: unknown, most: number): { [name in Name]?: number } {
  return isBetween(value, 0, most) ? ({ [name]: value } as { [name in Name]: number }) : {};
}
