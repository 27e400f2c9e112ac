#!/usr/bin/env node
/** `sluice <command>`: reads arguments, runs one command, prints, and sets the exit code. Nothing else happens here. */
import { AppError, exitCodeOf } from '../domain/errors.ts';
import { modelCommands } from './groups/models.ts';
import { monitoringCommands } from './groups/monitoring.ts';
import { processCommands } from './groups/processes.ts';
import { repositoryCommands } from './groups/repository.ts';
import { createProgram } from './program.ts';

const program = createProgram();
repositoryCommands(program);
modelCommands(program);
monitoringCommands(program);
processCommands(program);

function fail(error: unknown): void {
  const known = error instanceof AppError;
  const name = typeof error === 'object' && error !== null ? (error as { code?: string }).code : undefined;
  if (name?.startsWith('commander.')) {
    // Commander has printed what was wrong; help and version are no faults.
    process.exitCode = ['commander.help', 'commander.helpDisplayed', 'commander.version'].includes(name) ? 0 : 2;
    return;
  }
  process.stderr.write(
    known
      ? `sluice: ${error.message}\n`
      : `sluice: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
  );
  process.exitCode = exitCodeOf(error);
}

// whoever reads has had enough (`| head`): that is no fault
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});

await program.parseAsync().catch(fail);
