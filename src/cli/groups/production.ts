/** What production does. */
import type { Command } from 'commander';
import { command, port, print } from '../program.ts';

export function productionCommands(program: Command): void {
  command(program, 'drift', 'compare a file of production data with a reference')
    .requiredOption('--reference <file>', 'Parquet, CSV or JSON lines')
    .requiredOption('--current <file>', 'the same columns, from production')
    .option('--effect <size>', 'smallest shift that counts', Number, 0.1)
    .option('--ignore <columns...>', 'columns to leave out')
    .action(
      async (options: { json?: boolean; reference: string; current: string; effect: number; ignore?: string[] }) => {
        const [{ driftCommand }, { driftParts }] = await Promise.all([
          import('../commands/drift.ts'),
          import('../../compose-parts.ts'),
        ]);
        print(await driftCommand(await driftParts(), options), options.json);
      },
    );

  command(program, 'serve', 'answer predictions over the Open Inference Protocol v2 and log every one of them')
    .requiredOption('--folder <folder>', 'state, log and labels of the deployment')
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option('--port <port>', '0: any free port', port, 0)
    .option('--model <path>', 'serve this artifact (with --spec) from the start')
    .option('--spec <file>', 'the model’s spec, such as models/x/model.yaml')
    .action(
      async (options: {
        json?: boolean;
        folder: string;
        host: string;
        port: number;
        model?: string;
        spec?: string;
      }) => {
        const [{ serveCommand }, { serveParts }] = await Promise.all([
          import('../commands/serve.ts'),
          import('../../compose-parts.ts'),
        ]);
        process.exitCode = await serveCommand(await serveParts(), options);
      },
    );
}
