#!/usr/bin/env node
/** `sluice <command>`: reads arguments, runs one command, prints, and sets the exit code. Nothing else happens here. */
import { Command, type CommandOptions, InvalidArgumentError, Option } from 'commander';
import { AppError, exitCodeOf } from '../domain/errors.ts';
import type { AgentArguments } from './commands/agent.ts';
import type { CommandResult } from './commands/command-result.ts';
import type { InitOptions } from './commands/init.ts';

const VERSION = '0.1.0';

const EXIT_CODES = `
Exit codes: 0 yes · 1 the verdict is no · 2 bad input · 3 a fault of ours or of the world`;

const program = new Command('sluice')
  .description('One controlled channel for every change of a machine-learning model.')
  .version(VERSION)
  .showHelpAfterError()
  .showSuggestionAfterError()
  .exitOverride()
  .addHelpText('after', EXIT_CODES);

function command(usage: string, description: string): Command {
  return subcommand(program, usage, description);
}

function subcommand(of: Command, usage: string, description: string, options: CommandOptions = {}): Command {
  return of
    .command(usage, options)
    .description(description)
    .option('--json', 'print JSON instead of text')
    .addHelpText('after', EXIT_CODES);
}

type InitFlags = Omit<InitOptions, 'owners' | 'version'> & { json?: boolean; owner?: string[] };

function print(answer: CommandResult, json: boolean | undefined): void {
  process.stdout.write(json ? `${JSON.stringify(answer.json, null, 2)}\n` : `${answer.text.trimEnd()}\n`);
  process.exitCode = answer.exitCode;
}

function port(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0 || value > 65_535)
    throw new InvalidArgumentError('a number from 0 to 65535');
  return value;
}

function count(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError('a number from 1');
  return value;
}

command(
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
    const { init } = await import('./commands/init.ts');
    print(await init(folder ?? '.', { ...options, owners: owner ?? [], version: VERSION }), json);
  });

command('validate [folder]', 'check the specs of a working tree: every error with its file and line').action(
  async (folder: string | undefined, options: { json?: boolean }) => {
    const { validate } = await import('./commands/validate.ts');
    print(await validate(folder ?? '.'), options.json);
  },
);

command('plan [folder]', 'what a pull request of the working tree would train and evaluate, and why')
  .option('--base <ref>', 'branch, tag or commit to compare with', 'origin/HEAD')
  .action(async (folder: string | undefined, options: { json?: boolean; base: string }) => {
    const { plan } = await import('./commands/plan.ts');
    print(await plan(folder ?? '.', { base: options.base }), options.json);
  });

command('evaluate', 'score a model on its holdout, compare it with a champion, judge its gates')
  .requiredOption('--spec <file>', 'the model’s spec, such as models/x/model.yaml')
  .requiredOption('--model <path>', 'the artifact: model.onnx, or a folder with model.json')
  .option('--champion <path>', 'the artifact to compare with')
  .option('--data-root <folder>', 'folder that file: locations are below', process.env.SLUICE_DATA_ROOT ?? '.')
  .option('--report <file>', 'write the report: a page (.html), or Markdown with pictures beside it (.md)')
  .option('--predictions <file>', 'keep the prediction of every row (.parquet)')
  .action(
    async (options: {
      json?: boolean;
      spec: string;
      model: string;
      champion?: string;
      dataRoot: string;
      report?: string;
      predictions?: string;
    }) => {
      const [{ evaluateCommand }, { evaluatorParts }] = await Promise.all([
        import('./commands/evaluate.ts'),
        import('../compose-parts.ts'),
      ]);
      print(await evaluateCommand(await evaluatorParts(), options), options.json);
    },
  );

const gates = program
  .command('gate')
  .description('what the gates of the working tree say of evaluations, and why')
  .usage('[judge] <evaluation> --spec <file> [--explain] | replay <places...> --spec <file>');

subcommand(gates, 'judge <evaluation>', 'what they say of one evaluation.json', { isDefault: true })
  .requiredOption('--spec <file>', 'the model’s spec, such as models/x/model.yaml')
  .option('--explain', 'how each gate came to its verdict, step by step')
  .option('--evaluations <k>', 'how many candidates the holdout has judged, this one included', count, 1)
  .action(async (file: string, options: { json?: boolean; spec: string; explain?: boolean; evaluations: number }) => {
    const { gate } = await import('./commands/gate.ts');
    print(await gate(file, options), options.json);
  });

subcommand(gates, 'replay <places...>', 'what they would have decided of past evaluations: files, or folders of them')
  .requiredOption('--spec <file>', 'the model’s spec, such as models/x/model.yaml')
  .option('--base <ref>', 'branch, tag or commit whose gates judged then', 'origin/HEAD')
  .action(async (places: string[], options: { json?: boolean; spec: string; base: string }) => {
    const { gateReplay } = await import('./commands/gate-replay.ts');
    print(await gateReplay(places, options), options.json);
  });

command('drift', 'compare a file of production data with a reference')
  .requiredOption('--reference <file>', 'Parquet, CSV or JSON lines')
  .requiredOption('--current <file>', 'the same columns, from production')
  .option('--effect <size>', 'smallest shift that counts', Number, 0.1)
  .option('--ignore <columns...>', 'columns to leave out')
  .action(
    async (options: { json?: boolean; reference: string; current: string; effect: number; ignore?: string[] }) => {
      const [{ driftCommand }, { driftParts }] = await Promise.all([
        import('./commands/drift.ts'),
        import('../compose-parts.ts'),
      ]);
      print(await driftCommand(await driftParts(), options), options.json);
    },
  );

command('serve', 'answer predictions over the Open Inference Protocol v2 and log every one of them')
  .requiredOption('--folder <folder>', 'state, log and labels of the deployment')
  .option('--host <address>', 'address to listen on', '127.0.0.1')
  .option('--port <port>', '0: any free port', port, 0)
  .option('--model <path>', 'serve this artifact (with --spec) from the start')
  .option('--spec <file>', 'the model’s spec, such as models/x/model.yaml')
  .action(
    async (options: { json?: boolean; folder: string; host: string; port: number; model?: string; spec?: string }) => {
      const [{ serveCommand }, { serveParts }] = await Promise.all([
        import('./commands/serve.ts'),
        import('../compose-parts.ts'),
      ]);
      process.exitCode = await serveCommand(await serveParts(), options);
    },
  );

command('doctor', 'look whether this machine and its configuration have what Sluice needs').action(
  async (options: { json?: boolean }) => {
    const { doctor } = await import('./commands/doctor.ts');
    const findings = await doctor(process.env);
    const text = findings
      .map(({ ok, check, detail, fix }) => `${ok ? '✓' : '✗'} ${check}: ${detail}${fix ? `\n    ${fix}` : ''}`)
      .join('\n');
    print(
      {
        exitCode: findings.every((one) => one.ok) ? 0 : 1,
        text,
        json: { findings, ok: findings.every((one) => one.ok) },
      },
      options.json,
    );
  },
);

program
  .command('demo')
  .description('play the whole loop on real data: pull request, training, gates, canary, drift, retraining, rollback')
  .option('--exit', 'stop at the end instead of serving on')
  .option('--json <file>', 'write the steps with their evidence as JSON')
  .option('--forge-port <port>', 'port of the local GitHub; a free one if it is taken', port, 8200)
  .option('--server-port <port>', 'port of Sluice; a free one if it is taken', port, 8201)
  .addHelpText('after', EXIT_CODES)
  .action(async (options: { exit?: boolean; json?: string; forgePort: number; serverPort: number }) => {
    const { runDemo } = await import('./demo/run-demo.ts');
    const report = await runDemo({ ...options, exit: options.exit ?? false }, process.stdout);
    process.exitCode = report.ok ? 0 : 1;
  });

command('server', 'run the GitHub App: webhooks, queue, agents’ API').action(async (options: { json?: boolean }) => {
  const [{ serverCommand }, { compose }] = await Promise.all([import('./commands/server.ts'), import('../compose.ts')]);
  process.exitCode = await serverCommand({
    env: process.env,
    compose,
    print: (line) => process.stdout.write(`${line}\n`),
    printError: (line) => process.stderr.write(`${line}\n`),
    json: options.json ?? false,
  });
});

command('agent', 'do one job of a server on this machine; runners start it (token in SLUICE_AGENT_TOKEN)')
  .requiredOption('--server <url>', 'address of the server')
  .requiredOption('--work <folder>', 'folder for checkouts and results')
  .option('--job <id>', 'in a run of GitHub Actions, which has no token: the job that it was dispatched for')
  .option('--attempt <number>', 'and its attempt', count)
  .action(async (options: AgentArguments) => {
    const [{ agentCommand }, { agentParts }] = await Promise.all([
      import('./commands/agent.ts'),
      import('../compose-parts.ts'),
    ]);
    process.exitCode = await agentCommand(await agentParts(), options);
  });

program
  .command('spare-agent', { hidden: true })
  .description('an agent that loads what it needs and waits for its work, as the local runner starts it')
  .requiredOption('--work <folder>', 'folder for checkouts and results')
  .action(async (options: { work: string }) => {
    const [{ spareAgentCommand }, { agentParts }] = await Promise.all([
      import('./commands/spare-agent.ts'),
      import('../compose-parts.ts'),
    ]);
    process.exitCode = await spareAgentCommand(await agentParts(), options);
  });

program
  .command('evaluate-task <input> <output>', { hidden: true })
  .description('the evaluator, as the agent starts it')
  .action(async (input: string, output: string) => {
    const [{ evaluateMain }, { evaluatorParts }] = await Promise.all([
      import('../agent/evaluate/evaluate-main.ts'),
      import('../compose-parts.ts'),
    ]);
    process.exitCode = await evaluateMain(await evaluatorParts(), input, output);
  });

program
  .command('serving-probe <input>', { hidden: true })
  .description('memory and cold start of a model, as the evaluator asks for them')
  .action(async (input: string) => {
    const [{ servingProbe }, { probeParts }] = await Promise.all([
      import('../agent/evaluate/serving/serving-probe.ts'),
      import('../compose-parts.ts'),
    ]);
    process.exitCode = await servingProbe((await probeParts()).runtime, input);
  });

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
