/** `npm run bench -- NAME [--runs N]`: figures for people on standard error, one line of JSON on standard output. */
import { parseArgs } from 'node:util';
import type { Benchmark } from './benchmark.ts';
import { coverage } from './coverage.ts';
import { dispatch } from './dispatch.ts';
import { drift } from './drift.ts';
import { driftFlights } from './drift-flights.ts';
import { driftQuality } from './drift-quality.ts';
import { evaluate } from './evaluate.ts';
import { falseAlarms } from './false-alarms.ts';
import { ingest } from './ingest.ts';
import { logs } from './logs.ts';

const benchmarks: Record<string, Benchmark> = {
  coverage,
  dispatch,
  drift,
  'drift-flights': driftFlights,
  'drift-quality': driftQuality,
  evaluate,
  'false-alarms': falseAlarms,
  ingest,
  logs,
};

const usage = [
  'npm run bench -- NAME [--runs N]',
  '',
  ...Object.entries(benchmarks).map(([name, { about }]) => `  ${name.padEnd(12)}${about}`),
  '',
  'The last line is JSON: {"bench", "ratio", "aim", "ok", …figures}. Exit code 1: the aim is missed.',
].join('\n');

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { help: { type: 'boolean' }, runs: { type: 'string' } },
});
const [name] = positionals;
const benchmark = name === undefined ? undefined : benchmarks[name];
const runs = values.runs === undefined ? undefined : Number(values.runs);
if (values.help) {
  console.log(usage);
} else if (!benchmark || (runs !== undefined && !(Number.isInteger(runs) && runs > 0))) {
  console.error(usage);
  process.exitCode = 2;
} else {
  const say = (line: string) => console.error(line);
  const result = await benchmark.run({ say, ...(runs === undefined ? {} : { runs }) });
  console.log(JSON.stringify({ bench: name, ...result }));
  process.exitCode = result.ok ? 0 : 1;
}
