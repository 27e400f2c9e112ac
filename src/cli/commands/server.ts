import { readFileSync } from 'node:fs';
import { type ConfigProblem, readConfig } from '../../server/config.ts';
import { type Compose, startServer } from '../../server.ts';

export type ServerCommandIo = {
  env: Record<string, string | undefined>;
  compose: Compose;
  print(line: string): void;
  printError(line: string): void;
  json: boolean;
};

const explain = ({ variable, problem, fix }: ConfigProblem): string => `${variable} ${problem}.\n    ${fix}`;

/** Resolves with the signal's name. A second signal ends the process at once, for who does not want to wait. */
function untilSignalled(): Promise<string> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      process.once(signal, () => {
        process.once(signal, () => process.exit(3));
        resolve(signal);
      });
    }
  });
}

/** Runs until it is told to end. Answers the exit code: 2 when the configuration is refused. */
export async function serverCommand(io: ServerCommandIo): Promise<0 | 2> {
  const config = readConfig(io.env, (file) => readFileSync(file, 'utf8'));
  if ('problems' in config) {
    if (io.json) io.print(JSON.stringify(config));
    else {
      io.printError('The server does not start with this configuration:');
      for (const problem of config.problems) io.printError(`  ${explain(problem)}`);
    }
    return 2;
  }
  const signalled = untilSignalled();
  const server = await startServer({ config, compose: io.compose });
  if (io.json) io.print(JSON.stringify({ url: server.url }));
  await signalled;
  await server.stop();
  return 0;
}
