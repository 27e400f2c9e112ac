/** Models, scored and judged. */
import type { Command } from 'commander';
import { command, count, print } from '../program.ts';

export function modelCommands(program: Command): void {
  command(program, 'evaluate', 'score a model on its holdout, compare it with a champion, judge its gates')
    .requiredOption('--spec <file>', 'the model’s spec, such as models/x/model.yaml')
    .requiredOption('--model <path>', 'the artifact: model.onnx, or a folder with model.json')
    .option('--champion <path>', 'the artifact to compare with')
    .option('--data-root <folder>', 'folder that file: locations are below', process.env.SLUICE_DATA_ROOT ?? '.')
    .option('--report <file>', 'write the report: a page (.html), or Markdown with pictures beside it (.md)')
    .option('--predictions <file>', 'keep the prediction of every row (.parquet)')
    .option('--reference <file>', 'keep what a monitor compares production with (.json)')
    .action(
      async (options: {
        json?: boolean;
        spec: string;
        model: string;
        champion?: string;
        dataRoot: string;
        report?: string;
        predictions?: string;
        reference?: string;
      }) => {
        const [{ evaluateCommand }, { evaluatorParts }] = await Promise.all([
          import('../commands/evaluate.ts'),
          import('../../compose-parts.ts'),
        ]);
        print(await evaluateCommand(await evaluatorParts(), options), options.json);
      },
    );

  const gates = program
    .command('gate')
    .description('what the gates of the working tree say of evaluations, and why')
    .usage('[judge] <evaluation> --spec <file> [--explain] | replay <places...> --spec <file>');

  command(gates, 'judge <evaluation>', 'what they say of one evaluation.json', { isDefault: true })
    .requiredOption('--spec <file>', 'the model’s spec, such as models/x/model.yaml')
    .option('--explain', 'how each gate came to its verdict, step by step')
    .option('--evaluations <k>', 'how many candidates the holdout has judged, this one included', count, 1)
    .action(async (file: string, options: { json?: boolean; spec: string; explain?: boolean; evaluations: number }) => {
      const { gate } = await import('../commands/gate.ts');
      print(await gate(file, options), options.json);
    });

  command(gates, 'replay <places...>', 'what they would have decided of past evaluations: files, or folders of them')
    .requiredOption('--spec <file>', 'the model’s spec, such as models/x/model.yaml')
    .option('--base <ref>', 'branch, tag or commit whose gates judged then', 'origin/HEAD')
    .action(async (places: string[], options: { json?: boolean; spec: string; base: string }) => {
      const { gateReplay } = await import('../commands/gate-replay.ts');
      print(await gateReplay(places, options), options.json);
    });
}
