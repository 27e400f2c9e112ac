import { downloadArtifact, uploadArtifact } from './artifact-actions.ts';
import { checkout } from './checkout.ts';
import type { JobScope } from './job-scope.ts';
import type { ProcessResult, StepRun } from './run-process.ts';

type BuiltIn = (scope: JobScope, step: StepRun, inputs: Record<string, string>) => Promise<ProcessResult>;

/** Actions of GitHub's own that the forge does itself, at every version. */
export const builtInActions: Record<string, BuiltIn> = {
  'actions/checkout': checkout,
  'actions/upload-artifact': uploadArtifact,
  'actions/download-artifact': downloadArtifact,
};
