// Stands in for `sluice serve`: the real server and logs, a runtime that reads JSON artifacts.
import { openInferenceLog, openLabelLog } from '../../../src/adapters/inference-log/inference-log.ts';
import { serve } from '../../../src/cli/commands/serve.ts';
import { createFakeRuntime } from '../../serve/fake-runtime.ts';

const value = (name: string) => process.argv[process.argv.indexOf(name) + 1]!;

const running = await serve(
  {
    runtime: createFakeRuntime(),
    openLog: openInferenceLog,
    openLabels: openLabelLog,
  },
  { folder: value('--folder'), host: value('--host'), port: Number(value('--port')) },
).catch((error: unknown) => {
  console.error(error);
  process.exit(3);
});
await running.ended;
