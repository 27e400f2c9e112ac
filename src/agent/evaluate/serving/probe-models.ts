/** Memory and cold start of the models in fresh processes, the models in turn, as often as is asked for. */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { allowedEnvironment } from '../../environment.ts';
import { createComplaintFinder } from '../../last-complaint.ts';
import { runCommand } from '../../run-command.ts';
import { limitedMemory } from '../limited-memory.ts';
import { type ProbeAnswer, type ProbeInput, probeInputBytes } from './serving-probe.ts';

const TIMEOUT_MS = 60_000;
const MEMORY_BYTES = 4 * 2 ** 30;
/** After so long there are no further repetitions. */
const ENOUGH_MS = 30_000;

export type Probed = { memoryBytes: number[]; coldStartMs: number[] };

export type ProbePlace = {
  /** Program and arguments, to which the input file is added. */
  command: string[];
  folder: string;
};

/** By model; a probe that fails costs its figures, not the evaluation. */
export async function probeModels(
  models: readonly (ProbeInput & { name: string })[],
  place: ProbePlace,
  repetitions: number,
): Promise<{ probed: Probed[] } | { failed: string }> {
  const files = models.map((_, index) => path.join(place.folder, `probe-${index}.bin`));
  for (const [index, { name: _, ...input }] of models.entries())
    await writeFile(files[index] as string, probeInputBytes(input));
  const probed = models.map((): Probed => ({ memoryBytes: [], coldStartMs: [] }));
  const start = performance.now();
  for (let repetition = 0; repetition < repetitions; repetition += 1) {
    for (const [index, { name }] of models.entries()) {
      const answer = await probe([...place.command, files[index] as string], place.folder);
      if (typeof answer === 'string') return { failed: `the process with the ${name} ${answer}` };
      probed[index]?.memoryBytes.push(answer.memoryBytes);
      probed[index]?.coldStartMs.push(answer.coldStartMs);
    }
    if (performance.now() - start > ENOUGH_MS) break;
  }
  return { probed };
}

/** Why there is no answer, as a text. */
async function probe(argv: string[], folder: string): Promise<ProbeAnswer | string> {
  const complaint = createComplaintFinder();
  let last = '';
  const end = await runCommand({
    argv: limitedMemory(argv, MEMORY_BYTES),
    // the program's own address may be relative to where this process was started
    cwd: process.cwd(),
    env: allowedEnvironment({ HOME: folder, TMPDIR: folder }),
    timeoutMs: TIMEOUT_MS,
    memoryBytes: MEMORY_BYTES,
    stop: new AbortController().signal,
    onLine(stream, line) {
      if (stream === 'stdout') last = line;
      else complaint.see(line);
    },
  });
  const detail = complaint.found() === '' ? '' : `: ${complaint.found()}`;
  switch (end.kind) {
    case 'exit':
      return end.code === 0 ? answerOf(last) : `ended with exit status ${end.code}${detail}`;
    case 'signal':
      return `was ended by ${end.signal}${detail}`;
    case 'timeout':
      return `did not end within ${TIMEOUT_MS / 1000} s`;
    case 'memory':
      return `used more than ${MEMORY_BYTES / 2 ** 30} GiB`;
    case 'cannot-start':
      return `cannot be started (${end.message})`;
    case 'stopped':
      return 'was stopped';
  }
}

function answerOf(line: string): ProbeAnswer | string {
  try {
    const answer = JSON.parse(line) as ProbeAnswer;
    if (isMeasured(answer.memoryBytes) && isMeasured(answer.coldStartMs)) return answer;
  } catch {
    // what it printed is no answer
  }
  return 'printed no figures';
}

/** Ratios are made of it. */
function isMeasured(value: unknown): boolean {
  return Number.isFinite(value) && (value as number) > 0;
}
