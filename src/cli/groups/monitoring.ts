/** Production compared with what a model was trained on. */
import { type Command, InvalidArgumentError } from 'commander';
import type { DriftOptions } from '../commands/drift.ts';
import type { MonitorBackfillOptions } from '../commands/monitor-backfill.ts';
import type { MonitorRunOptions } from '../commands/monitor-run.ts';
import type { MonitorTuneOptions } from '../commands/monitor-tune.ts';
import type { ProfileOptions } from '../commands/profile.ts';
import type { MonitorParts } from '../monitor/scene.ts';
import { command, count, print } from '../program.ts';

type Json = { json?: boolean };
/** Of the commands about a monitor: where things lie. */
type Places = { state: string; dataRoot: string };

export function monitoringCommands(program: Command): void {
  command(program, 'drift', 'compare a file of production data with a reference')
    .requiredOption('--reference <file>', 'Parquet, CSV, JSON lines or Arrow')
    .requiredOption('--current <file>', 'the same columns, from production')
    .option('--effect <size>', 'smallest shift that counts', share, 0.1)
    .option('--ignore <columns...>', 'columns to leave out')
    .option('--by <columns...>', 'categories whose values are looked at apart: where did it move most?')
    .option('--html <file>', 'write a page with tables and plots')
    .action(async (options: DriftOptions & Json) => {
      const [{ driftCommand }, { driftParts }] = await Promise.all([
        import('../commands/drift.ts'),
        import('../../compose-parts.ts'),
      ]);
      print(await driftCommand(await driftParts(), options), options.json);
    });

  command(program, 'profile <files...>', 'count what is in the columns of files, so that it can be compared and merged')
    .option('--reference <file>', 'a reference.json, or a profile: count on its grids instead of on new ones')
    .option('-o, --output <file>', 'write the profile as JSON')
    .option('--merge', 'the files are profiles: add them up')
    .action(async (files: string[], options: ProfileOptions & Json) => {
      const [{ profileCommand }, { driftParts }] = await Promise.all([
        import('../commands/profile.ts'),
        import('../../compose-parts.ts'),
      ]);
      print(await profileCommand(await driftParts(), files, options), options.json);
    });

  const monitor = program
    .command('monitor')
    .description('what a monitor of the working tree says, or would have said, without a server')
    .usage('run | backfill | tune <name> --reference <file> | token');

  aboutMonitor(monitor, 'run <name>', 'judge the newest windows; exit code 1 when its issue would be open')
    .option('--since <time>', 'from then on (default: the newest 30 windows)')
    .action(async (name: string, options: Omit<MonitorRunOptions, 'monitor'> & Places & Json) => {
      const { monitorRunCommand } = await import('../commands/monitor-run.ts');
      print(await monitorRunCommand(await monitorParts(options), { ...options, monitor: name }), options.json);
    });

  aboutMonitor(monitor, 'backfill <name>', 'replay the past: when issues would have opened and closed')
    .option('--from <time>', 'default: the first row')
    .option('--to <time>', 'default: the last row')
    .option('--set <setting...>', 'instead of what the spec says: effect=0.15 window=1d minRows=1000 open.after=3 …')
    .action(async (name: string, options: Omit<MonitorBackfillOptions, 'monitor'> & Places & Json) => {
      const { monitorBackfillCommand } = await import('../commands/monitor-backfill.ts');
      print(await monitorBackfillCommand(await monitorParts(options), { ...options, monitor: name }), options.json);
    });

  aboutMonitor(
    monitor,
    'tune <name>',
    'try settings on the past and propose the ones that tell what was bad, and no more',
  )
    .option('--from <time>', 'default: the first row')
    .option('--to <time>', 'default: the last row')
    .option('--healthy-until <time>', 'all was well until then, outside of the bad spans')
    .option('--bad <span...>', 'spans that should have been told: 2026-01-31..2026-02-03')
    .option('--effects <sizes...>', 'smallest shifts to try')
    .option('--windows <durations...>', 'lengths of windows to try')
    .option('--min-rows <counts...>', 'fewest rows to try')
    .action(async (name: string, options: TuneFlags) => {
      const { monitorTuneCommand } = await import('../commands/monitor-tune.ts');
      const { effects, minRows, ...rest } = options;
      const tuned = {
        ...rest,
        monitor: name,
        ...(effects && { effects: effects.map(share) }),
        ...(minRows && { minRows: minRows.map(count) }),
      };
      print(await monitorTuneCommand(await monitorParts(options), tuned), options.json);
    });

  command(monitor, 'token', 'make the token with which observations and alerts are posted (needs SLUICE_SECRET)')
    .requiredOption('--repository <owner/name>', 'whose monitor it is')
    .requiredOption('--monitor <name>', 'its name')
    .option('--epoch <number>', 'at least what SLUICE_MONITOR_TOKEN_EPOCHS says', count, 1)
    .action(async (options: { repository: string; monitor: string; epoch: number } & Json) => {
      const { monitorTokenCommand } = await import('../commands/monitor-token.ts');
      print(monitorTokenCommand({ ...options, secret: process.env.SLUICE_SECRET }), options.json);
    });
}

type TuneFlags = Omit<MonitorTuneOptions, 'monitor' | 'effects' | 'minRows'> &
  Places &
  Json & { effects?: string[]; minRows?: string[] };

function aboutMonitor(of: Command, usage: string, description: string): Command {
  return command(of, usage, description)
    .requiredOption('--reference <file>', 'reference.json, as an evaluation writes it')
    .option('--folder <folder>', 'the working tree', '.')
    .option('--repository <owner/name>', 'as logs of serving and observations are kept by', 'local/local')
    .option('--state <folder>', 'state folder of the server whose logs are read', process.env.SLUICE_STATE ?? '.sluice')
    .option('--data-root <folder>', 'folder that file: locations are below', process.env.SLUICE_DATA_ROOT ?? '.');
}

async function monitorParts({ state, dataRoot }: Places): Promise<MonitorParts> {
  const { monitorSource } = await import('../../compose-parts.ts');
  return {
    source: await monitorSource({ stateFolder: state, dataRoot }),
    now: () => Date.now(),
    progress: (text) => process.stderr.write(process.stderr.isTTY ? `\r\u001b[K${text}` : `${text}\n`),
  };
}

function share(text: string): number {
  const value = Number(text);
  if (!(value > 0 && value < 1)) throw new InvalidArgumentError('a number between 0 and 1');
  return value;
}
