import { execFile } from 'node:child_process';
import type { Usage } from '../domain/jobs/job.ts';
import { allowedEnvironment } from './environment.ts';

type GpuUsage = NonNullable<Usage['gpu']>;
type Reading = { name: string; utilisation?: number; memoryBytes?: number; watts?: number };

type GpuMeter = {
  /** Undefined where no GPU has answered. */
  current(): GpuUsage | undefined;
  /** Resolves after a last reading. */
  stop(): Promise<void>;
};

const PROGRAM = 'nvidia-smi';
const MEBIBYTE = 2 ** 20;
const ANSWER_MS = 5_000;

/**
 * Asks nvidia-smi (of PATH) every `intervalMs`; a machine without it is asked once. Energy: power over time by the
 * trapezoidal rule.
 */
export function startGpuMeter(intervalMs: number): GpuMeter {
  const models = new Set<string>();
  let count = 0;
  let peakMemoryBytes = 0;
  let busy = { sum: 0, readings: 0 };
  let joules: number | undefined = 0;
  let last: { at: number; watts: number } | undefined;
  let timer: NodeJS.Timeout | undefined;
  let stopped = visibleGpus() === 'none';
  let asking: Promise<void> = stopped ? Promise.resolve() : ask();

  async function ask(): Promise<void> {
    const readings = await query();
    if (readings === undefined) stopped = true;
    else if (readings.length > 0) take(readings, performance.now() / 1000);
    if (stopped) return;
    timer = setTimeout(() => {
      asking = ask();
    }, intervalMs);
  }
  function take(readings: Reading[], at: number): void {
    for (const { name } of readings) models.add(name);
    count = Math.max(count, readings.length);
    peakMemoryBytes = Math.max(peakMemoryBytes, total(readings, 'memoryBytes') ?? 0);
    for (const { utilisation } of readings) {
      if (utilisation !== undefined) busy = { sum: busy.sum + utilisation, readings: busy.readings + 1 };
    }
    const watts = readings.every((reading) => reading.watts !== undefined) ? total(readings, 'watts') : undefined;
    if (watts === undefined) joules = undefined;
    else {
      if (joules !== undefined && last) joules += ((last.watts + watts) / 2) * (at - last.at);
      last = { at, watts };
    }
  }

  return {
    current() {
      if (count === 0) return undefined;
      return {
        model: [...models].join(', '),
        count,
        utilisation: busy.readings === 0 ? 0 : busy.sum / busy.readings,
        peakMemoryBytes,
        ...(joules === undefined ? {} : { energyJoules: joules }),
      };
    },
    async stop() {
      clearTimeout(timer);
      await asking;
      if (stopped) return;
      stopped = true;
      clearTimeout(timer);
      await ask();
    },
  };
}

/** Those that the command may use, as nvidia-smi takes them. */
function visibleGpus(): 'all' | 'none' | { ids: string } {
  const visible = process.env.CUDA_VISIBLE_DEVICES;
  if (visible === undefined) return 'all';
  return /^[\w-]+(,[\w-]+)*$/.test(visible) && !visible.startsWith('-') ? { ids: visible } : 'none';
}

/** Undefined: there is no nvidia-smi. Nothing: it did not answer this time. */
function query(): Promise<Reading[] | undefined> {
  const visible = visibleGpus();
  const args = ['--query-gpu=name,utilization.gpu,memory.used,power.draw', '--format=csv,noheader,nounits'];
  if (typeof visible === 'object') args.unshift(`--id=${visible.ids}`);
  return new Promise((resolve) => {
    const options = { env: allowedEnvironment({}), timeout: ANSWER_MS, killSignal: 'SIGKILL' } as const;
    // a driver that hangs keeps it from being killed, too
    setTimeout(() => resolve([]), 2 * ANSWER_MS).unref();
    execFile(PROGRAM, args, options, (error, stdout) => {
      if ((error as NodeJS.ErrnoException | null)?.code === 'ENOENT') resolve(undefined);
      else resolve(error ? [] : stdout.split('\n').flatMap(parseLine));
    });
  });
}

/** `NVIDIA H200, 37, 1024, 120.50`; what a GPU does not tell is `[N/A]` or `[Not Supported]`. */
function parseLine(line: string): Reading[] {
  const fields = line.split(',').map((field) => field.trim());
  if (fields.length < 4) return [];
  const [utilisation, memory, watts] = fields
    .slice(-3)
    .map((field) => (/^\d/.test(field) ? Number(field) : Number.NaN));
  return [
    {
      name: fields.slice(0, -3).join(', '),
      ...(isNumber(utilisation) ? { utilisation: Math.min(1, utilisation / 100) } : {}),
      ...(isNumber(memory) ? { memoryBytes: memory * MEBIBYTE } : {}),
      ...(isNumber(watts) ? { watts } : {}),
    },
  ];
}

const isNumber = (value: number | undefined): value is number => Number.isFinite(value);

function total(readings: Reading[], field: 'memoryBytes' | 'watts'): number | undefined {
  const values = readings.map((reading) => reading[field]).filter(isNumber);
  return values.length === 0 ? undefined : values.reduce((sum, value) => sum + value, 0);
}
