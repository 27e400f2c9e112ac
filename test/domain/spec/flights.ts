import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { digestOfBytes } from '../../../src/domain/fingerprint/digest.ts';
import type { Snapshot } from '../../../src/domain/plan/plan.ts';
import { parsePolicy } from '../../../src/domain/spec/parse-policy.ts';
import { specPaths } from '../../../src/domain/spec/spec-paths.ts';
import type { Policy } from '../../../src/domain/spec/valid.ts';
import { validateRepository } from '../../../src/domain/spec/validate-repository.ts';

/** Specs like those of fixtures/flights, apart from them so that the demo can change without these tests. */
const FOLDER = path.join(import.meta.dirname, 'flights');
const CODE = { 'models/flight-delay/train.mjs': 'train()\n', 'models/flight-delay/features.mjs': 'features()\n' };

export const DATASET = 'data/flights.yaml';
export const MODEL = 'models/flight-delay/model.yaml';
export const DEPLOYMENT = 'deployments/production.yaml';
export const MONITOR = 'monitors/flight-delay-live.yaml';
export const TRAINER = 'models/flight-delay/train.mjs';

/** Changes of the example repository: text to replace by path; `null` removes the file, a string is a new one. */
export type Edits = Record<string, string | null | [from: string | RegExp, to: string][]>;

/** The files of the example repository, by path. */
export function flightFiles(edits: Edits = {}): Map<string, string> {
  const files = new Map([...readFolder(FOLDER), ...Object.entries(CODE)]);
  for (const [file, edit] of Object.entries(edits)) {
    if (edit === null) files.delete(file);
    else if (typeof edit === 'string') files.set(file, edit);
    else
      files.set(
        file,
        edit.reduce((text, [from, to]) => replaceOnce(text, from, to), files.get(file) ?? ''),
      );
  }
  return files;
}

/** Every file below a folder, by its path there. */
export function readFolder(folder: string): Map<string, string> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const files = entries.map((entry) => path.join(entry.parentPath, entry.name));
  return new Map(
    files.map((file) => [path.relative(folder, file).replaceAll(path.sep, '/'), readFileSync(file, 'utf8')]),
  );
}

function replaceOnce(text: string, from: string | RegExp, to: string): string {
  const changed = text.replace(from, () => to);
  if (changed === text) throw new Error(`nothing to replace: ${from}`);
  return changed;
}

export function flightPolicy(edits: Edits = {}): Policy {
  const { policy, problems } = parsePolicy({ path: 'sluice.yaml', text: flightFiles(edits).get('sluice.yaml')! });
  if (!policy) throw new Error(JSON.stringify(problems));
  return policy;
}

/** Every problem of the edited repository as `path:line:column message`. */
export function problemsOf(edits: Edits, policyEdits: Edits = {}): string[] {
  return validate(edits, policyEdits).problems.map(
    ({ path: file, line, column, message }) => `${file}:${line}:${column} ${message}`,
  );
}

export function validate(edits: Edits, policyEdits: Edits = {}): ReturnType<typeof validateRepository> {
  const policy = flightPolicy(policyEdits);
  const files = flightFiles(edits);
  const specs = specPaths(policy, [...files.keys()]);
  return validateRepository({ policy, files: new Map(specs.map((file) => [file, files.get(file)!])) });
}

/** The edited repository as a commit would hold it; the blob names stand in for git's. */
export function snapshotOf(edits: Edits = {}, policyEdits: Edits = {}): Snapshot {
  const { repository, problems } = validate(edits, policyEdits);
  if (!repository) throw new Error(JSON.stringify(problems));
  const files = flightFiles({ ...policyEdits, ...edits });
  const tree = [...files].map(([file, text]) => ({
    path: file,
    sha: digestOfBytes(text).slice(7, 47),
    mode: '100644',
  }));
  return { repository, tree };
}
