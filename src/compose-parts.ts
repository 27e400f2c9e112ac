/**
 * The adapters of processes that do one thing: agent, evaluator, inference server. Apart from the server's composition,
 * since they are started again and again and must not wait for what it loads.
 */
import { availableParallelism } from 'node:os';
import path from 'node:path';
import type { PartitionProfiler } from './ports/drift-source.ts';
import { selfCommand } from './self-command.ts';

/** Each has a copy of the models that it answers with. */
const MOST_WORKERS = 8;

/** What an agent reads data with. */
export async function agentParts() {
  const [{ createDuckdbDatasetReader }, { prepareSession }] = await Promise.all([
    import('./adapters/dataset/create-duckdb-dataset-reader.ts'),
    import('./adapters/dataset/duckdb-session.ts'),
  ]);
  const profilePartitions: PartitionProfiler = async (input) => {
    const adapter = await import('./adapters/drift-source/profile-partitions.ts');
    return adapter.profilePartitions(input);
  };
  return { createReader: createDuckdbDatasetReader, profilePartitions, warmUp: prepareSession };
}

/** What the evaluator scores with. */
export async function evaluatorParts() {
  const [{ createModelRuntime }, { createDuckdbDatasetReader }, { writeTable }, { makeReference }] = await Promise.all([
    import('./adapters/model-runtime/create-model-runtime.ts'),
    import('./adapters/dataset/create-duckdb-dataset-reader.ts'),
    import('./adapters/dataset/write-table.ts'),
    import('./adapters/drift-source/make-reference.ts'),
  ]);
  return {
    runtime: createModelRuntime({ workers: Math.min(MOST_WORKERS, availableParallelism()) }),
    createReader: createDuckdbDatasetReader,
    makeReference,
    writeTable,
    probeCommand: selfCommand('serving-probe'),
  };
}

/** What a process that measures a model on its own loads it with. */
export async function probeParts() {
  const { createModelRuntime } = await import('./adapters/model-runtime/create-model-runtime.ts');
  return { runtime: createModelRuntime() };
}

/** What the inference server answers and logs with. */
export async function serveParts() {
  const [{ createModelRuntime }, { openInferenceLog, openLabelLog }] = await Promise.all([
    import('./adapters/model-runtime/create-model-runtime.ts'),
    import('./adapters/inference-log/inference-log.ts'),
  ]);
  return { runtime: createModelRuntime(), openLog: openInferenceLog, openLabels: openLabelLog };
}

/** What files are profiled and compared with. */
export async function driftParts() {
  const [{ profilePair }, { profileFile }] = await Promise.all([
    import('./adapters/drift-source/profile-pair.ts'),
    import('./adapters/drift-source/profile-file.ts'),
  ]);
  return { profilePair, profileFile };
}

/** What a monitor reads, as the server of that state folder keeps it. */
export async function monitorSource({ stateFolder, dataRoot }: { stateFolder: string; dataRoot: string }) {
  const { createDriftSource } = await import('./adapters/drift-source/create-drift-source.ts');
  return createDriftSource({ ...monitorFolders(stateFolder), dataRoot });
}

/** Below the state folder: what is served and posted is logged, and what was profiled is kept. */
export function monitorFolders(stateFolder: string) {
  return {
    servingRoot: path.join(stateFolder, 'serving'),
    observationsRoot: path.join(stateFolder, 'observations'),
    cacheFolder: path.join(stateFolder, 'drift'),
  };
}
