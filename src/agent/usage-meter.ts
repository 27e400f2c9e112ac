import type { Usage } from '../domain/jobs/job.ts';
import { startGpuMeter } from './gpu-meter.ts';
import { type Sample, waitedForSeconds } from './job-processes.ts';

export type UsageMeter = {
  /** Measures while `work` runs; it hands its samples to the function it gets. */
  measure<T>(work: (sampled: (sample: Sample) => void) => Promise<T>): Promise<T>;
  /** Undefined before anything was measured. */
  current(): Usage | undefined;
};

/** What the program of an attempt uses. `gpuIntervalMs`: between two looks at the GPUs. */
export function createUsageMeter(gpuIntervalMs: number): UsageMeter {
  const usage: Usage = {};
  let gpu: ReturnType<typeof startGpuMeter> | undefined;

  function used(sample: Partial<Sample>): void {
    if (sample.cpuSeconds !== undefined) usage.cpuSeconds = Math.max(usage.cpuSeconds ?? 0, sample.cpuSeconds);
    if (sample.memoryBytes !== undefined) {
      usage.peakMemoryBytes = Math.max(usage.peakMemoryBytes ?? 0, sample.memoryBytes);
    }
  }

  return {
    async measure(work) {
      gpu = startGpuMeter(gpuIntervalMs);
      const before = await waitedForSeconds();
      try {
        return await work(used);
      } finally {
        await gpu.stop();
        // exact, unless it has nvidia-smi in it: then the samples have to do
        if (gpu.current() === undefined) used({ cpuSeconds: (await waitedForSeconds()) - before });
      }
    },
    current() {
      const gpus = gpu?.current();
      const all = { ...usage, ...(gpus ? { gpu: gpus } : {}) };
      return Object.keys(all).length === 0 ? undefined : all;
    },
  };
}
