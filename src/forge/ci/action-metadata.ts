import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { parse } from 'yaml';
import { type StepDefinition, stepOf } from './workflow-definition.ts';

type Plain = Record<string, unknown>;

export type ActionInput = { required: boolean; default: string | undefined };

export type ActionMetadata = {
  name: string;
  inputs: Record<string, ActionInput>;
  outputs: Record<string, { value: string | undefined }>;
  runs:
    | {
        kind: 'javascript';
        main: string;
        pre: string | undefined;
        preIf: string;
        post: string | undefined;
        postIf: string;
      }
    | { kind: 'composite'; steps: StepDefinition[] };
};

const plain = (value: unknown): Plain => (typeof value === 'object' && value !== null ? (value as Plain) : {});
const text = (value: unknown): string | undefined =>
  value === undefined || value === null ? undefined : String(value);

const runsOf = (runs: Plain, where: string): ActionMetadata['runs'] => {
  const using = String(runs.using ?? '');
  if (using === 'composite') {
    return { kind: 'composite', steps: (Array.isArray(runs.steps) ? runs.steps : []).map(stepOf) };
  }
  if (!/^node(16|20|24)$/.test(using))
    throw new Error(`This forge does not run actions that use '${using}' (${where})`);
  if (!runs.main)
    throw new Error(`You are using a JavaScript Action but there is not an entry JavaScript file provided in ${where}`);
  return {
    kind: 'javascript',
    main: String(runs.main),
    pre: text(runs.pre),
    preIf: text(runs['pre-if']) ?? 'always()',
    post: text(runs.post),
    postIf: text(runs['post-if']) ?? 'always()',
  };
};

/** Reads `action.yml` or `action.yaml` of a folder. */
export const readActionMetadata = async (folder: string): Promise<ActionMetadata> => {
  for (const name of ['action.yml', 'action.yaml']) {
    const content = await readFile(path.join(folder, name), 'utf8').catch(() => undefined);
    if (content === undefined) continue;
    const file = plain(parse(content));
    return {
      name: text(file.name) ?? '',
      inputs: Object.fromEntries(
        Object.entries(plain(file.inputs)).map(([key, value]) => [
          key,
          { required: plain(value).required === true, default: text(plain(value).default) },
        ]),
      ),
      outputs: Object.fromEntries(
        Object.entries(plain(file.outputs)).map(([key, value]) => [key, { value: text(plain(value).value) }]),
      ),
      runs: runsOf(plain(file.runs), path.join(folder, name)),
    };
  }
  throw new Error(
    `Can't find 'action.yml', 'action.yaml' or 'Dockerfile' under '${folder}'. Did you forget to run actions/checkout before running your local action?`,
  );
};
