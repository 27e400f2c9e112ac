import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { runHtmlUrl } from '../objects/workflow-run.ts';
import { dropArtifact, keepArtifact, readArtifact } from './artifacts.ts';
import { collectFiles } from './collect-files.ts';
import type { JobScope } from './job-scope.ts';
import type { ProcessResult, StepRun } from './run-process.ts';
import { readZip, writeZip } from './zip.ts';

type Inputs = Record<string, string>;

const done = (outputs: Record<string, string>): ProcessResult => ({ ok: true, outputs, state: {} });

/** `actions/upload-artifact` */
export const uploadArtifact = async (scope: JobScope, step: StepRun, inputs: Inputs): Promise<ProcessResult> => {
  const { world, repository, run } = scope;
  const name = inputs.name || 'artifact';
  const { root, files } = await collectFiles(scope.folders.workspace, inputs.path ?? '');
  if (files.length === 0) {
    const message = `No files were found with the provided path: ${inputs.path ?? ''}. No artifacts will be uploaded.`;
    if (inputs['if-no-files-found'] === 'error') throw new Error(message);
    if (inputs['if-no-files-found'] !== 'ignore') step.log.write(`##[warning]${message}`);
    return done({});
  }
  const earlier = repository.actions.artifacts.find((each) => each.runId === run.id && each.name === name);
  if (earlier && inputs.overwrite !== 'true') {
    throw new Error(
      `Failed to CreateArtifact: Received non-retryable error: (409) Conflict: an artifact with this name already exists on the workflow run`,
    );
  }
  if (earlier) await dropArtifact(world, repository, earlier);
  const entries = await Promise.all(
    files.map(async (file) => ({ name: path.relative(root, file), content: await readFile(file) })),
  );
  const days = Number(inputs['retention-days'] || '90');
  const artifact = await keepArtifact(world, repository, run, { name, zip: writeZip(entries), days });
  step.log.write(
    `Artifact ${name} has been successfully uploaded! Final size is ${artifact.size} bytes. Artifact ID is ${artifact.id}`,
  );
  return done({
    'artifact-id': String(artifact.id),
    'artifact-digest': artifact.digest.replace('sha256:', ''),
    'artifact-url': `${runHtmlUrl(world, repository, run)}/artifacts/${artifact.id}`,
  });
};

/** `actions/download-artifact`: one by name into `path`, or all of the run, each into a folder of its name. */
export const downloadArtifact = async (scope: JobScope, step: StepRun, inputs: Inputs): Promise<ProcessResult> => {
  const { world, repository, run } = scope;
  const runId = Number(inputs['run-id'] || run.id);
  const own = repository.actions.artifacts.filter((each) => each.runId === runId);
  const wanted = inputs.name ? own.filter((each) => each.name === inputs.name) : own;
  if (inputs.name && wanted.length === 0) {
    throw new Error(`Unable to download artifact(s): Artifact not found for name: ${inputs.name}`);
  }
  const target = path.resolve(scope.folders.workspace, inputs.path || '.');
  for (const artifact of wanted) {
    const folder = inputs.name ? target : path.join(target, artifact.name);
    for (const entry of readZip(await readArtifact(world, artifact))) {
      const file = path.join(folder, entry.name);
      await mkdir(path.dirname(file), { recursive: true });
      await writeFile(file, entry.content);
    }
    step.log.write(`Artifact ${artifact.name} was downloaded to ${folder}`);
  }
  return done({ 'download-path': target });
};
