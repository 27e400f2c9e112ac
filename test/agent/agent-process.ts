/** `agent --server URL --work DIR` without the rest of the command line. */
import { parseArgs } from 'node:util';
import { createDuckdbDatasetReader } from '../../src/adapters/dataset/create-duckdb-dataset-reader.ts';
import { agentCommand } from '../../src/cli/commands/agent.ts';

const { values } = parseArgs({ options: { server: { type: 'string' }, work: { type: 'string' } } });
process.exitCode = await agentCommand(
  { createReader: createDuckdbDatasetReader, profilePartitions: async () => [] },
  { server: values.server!, work: values.work! },
);
