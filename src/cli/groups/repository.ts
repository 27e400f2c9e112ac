/** What a working tree declares. */
import { type Command, Option } from 'commander';
import type { InitOptions } from '../commands/init.ts';
import { command, print, VERSION } from '../program.ts';

type InitFlags = Omit<InitOptions, 'owners' | 'version'> & { json?: boolean; owner?: string[] };

export function repositoryCommands(program: Command): void {
  command(
    program,
    'init [folder]',
    'write what a repository starts with: sluice.yaml and the workflow of its runner; overwrites nothing',
  )
    .addOption(
      new Option('--runner <type>', 'where training runs')
        .choices(['local', 'actions', 'kubernetes', 'ray'])
        .default('local'),
    )
    .option('--owner <login...>', 'who approves: logins or org/team (default: anyone with write access)')
    .option('--runs-on <label...>', 'actions: labels of the runner', ['ubuntu-latest'])
    .option('--action-repository <owner/name>', 'actions: where the actions come from', 'sluice-ml/sluice')
    .option('--action-ref <commit>', 'actions: the commit to pin (default: that of this version’s tag on GitHub)')
    .option('--namespace <name>', 'kubernetes: namespace of the jobs', 'sluice')
    .option('--image <image>', 'kubernetes: image of the jobs, with its digest')
    .option('--address <url>', 'ray: address of the dashboard', 'http://127.0.0.1:8265')
    .action(async (folder: string | undefined, { owner, json, ...options }: InitFlags) => {
      const { init } = await import('../commands/init.ts');
      print(await init(folder ?? '.', { ...options, owners: owner ?? [], version: VERSION }), json);
    });

  command(program, 'validate [folder]', 'check the specs of a working tree: every error with its file and line').action(
    async (folder: string | undefined, options: { json?: boolean }) => {
      const { validate } = await import('../commands/validate.ts');
      print(await validate(folder ?? '.'), options.json);
    },
  );

  command(program, 'plan [folder]', 'what a pull request of the working tree would train and evaluate, and why')
    .option('--base <ref>', 'branch, tag or commit to compare with', 'origin/HEAD')
    .action(async (folder: string | undefined, options: { json?: boolean; base: string }) => {
      const { plan } = await import('../commands/plan.ts');
      print(await plan(folder ?? '.', { base: options.base }), options.json);
    });
}
