/** Processes: the server, its agents, and what they start. */
import type { Command } from 'commander';
import type { AgentArguments } from '../commands/agent.ts';
import { command, count, EXIT_CODES, port, print } from '../program.ts';

export function processCommands(program: Command): void {
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

  command(program, 'doctor', 'look whether this machine and its configuration have what Sluice needs').action(
    async (options: { json?: boolean }) => {
      const { doctor } = await import('../commands/doctor.ts');
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
      const { runDemo } = await import('../demo/run-demo.ts');
      const report = await runDemo({ ...options, exit: options.exit ?? false }, process.stdout);
      process.exitCode = report.ok ? 0 : 1;
    });

  command(program, 'server', 'run the GitHub App: webhooks, queue, agents’ API').action(
    async (options: { json?: boolean }) => {
      const [{ serverCommand }, { compose }] = await Promise.all([
        import('../commands/server.ts'),
        import('../../compose.ts'),
      ]);
      process.exitCode = await serverCommand({
        env: process.env,
        compose,
        print: (line) => process.stdout.write(`${line}\n`),
        printError: (line) => process.stderr.write(`${line}\n`),
        json: options.json ?? false,
      });
    },
  );

  command(program, 'agent', 'do one job of a server on this machine; runners start it (token in SLUICE_AGENT_TOKEN)')
    .requiredOption('--server <url>', 'address of the server')
    .requiredOption('--work <folder>', 'folder for checkouts and results')
    .option('--job <id>', 'in a run of GitHub Actions, which has no token: the job that it was dispatched for')
    .option('--attempt <number>', 'and its attempt', count)
    .action(async (options: AgentArguments) => {
      const [{ agentCommand }, { agentParts }] = await Promise.all([
        import('../commands/agent.ts'),
        import('../../compose-parts.ts'),
      ]);
      process.exitCode = await agentCommand(await agentParts(), options);
    });

  program
    .command('spare-agent', { hidden: true })
    .description('an agent that loads what it needs and waits for its work, as the local runner starts it')
    .requiredOption('--work <folder>', 'folder for checkouts and results')
    .action(async (options: { work: string }) => {
      const [{ spareAgentCommand }, { agentParts }] = await Promise.all([
        import('../commands/spare-agent.ts'),
        import('../../compose-parts.ts'),
      ]);
      process.exitCode = await spareAgentCommand(await agentParts(), options);
    });

  program
    .command('evaluate-task <input> <output>', { hidden: true })
    .description('the evaluator, as the agent starts it')
    .action(async (input: string, output: string) => {
      const [{ evaluateMain }, { evaluatorParts }] = await Promise.all([
        import('../../agent/evaluate/evaluate-main.ts'),
        import('../../compose-parts.ts'),
      ]);
      process.exitCode = await evaluateMain(await evaluatorParts(), input, output);
    });

  program
    .command('serving-probe <input>', { hidden: true })
    .description('memory and cold start of a model, as the evaluator asks for them')
    .action(async (input: string) => {
      const [{ servingProbe }, { probeParts }] = await Promise.all([
        import('../../agent/evaluate/serving/serving-probe.ts'),
        import('../../compose-parts.ts'),
      ]);
      process.exitCode = await servingProbe((await probeParts()).runtime, input);
    });
}
