import { parse } from 'yaml';
import type { AccessLevel } from '../state.ts';
import { checkSyntax } from './check-syntax.ts';

type Plain = Record<string, unknown>;

export type InputDefinition = {
  description: string;
  required: boolean;
  type: 'string' | 'boolean' | 'choice' | 'number' | 'environment';
  default: string | boolean | number | undefined;
  options: string[];
};

export type StepDefinition = {
  id: string | undefined;
  name: string | undefined;
  if: string | undefined;
  uses: string | undefined;
  run: string | undefined;
  shell: string | undefined;
  workingDirectory: string | undefined;
  with: Plain;
  env: Plain;
  continueOnError: unknown;
  timeoutMinutes: unknown;
};

export type JobDefinition = {
  key: string;
  name: string | undefined;
  needs: string[];
  if: string | undefined;
  runsOn: unknown;
  env: Plain;
  outputs: Plain;
  environment: unknown;
  permissions: unknown;
  timeoutMinutes: unknown;
  continueOnError: unknown;
  strategy: Plain | undefined;
  defaults: { shell: string | undefined; workingDirectory: string | undefined };
  steps: StepDefinition[];
  /** What the file asks for and this forge does not do, in words. */
  unsupported: string[];
};

export type WorkflowDefinition = {
  name: string | undefined;
  runName: string | undefined;
  /** Event → its filters. */
  on: Record<string, Plain>;
  inputs: Record<string, InputDefinition>;
  env: Plain;
  permissions: unknown;
  concurrency: unknown;
  jobs: JobDefinition[];
};

export type ReadWorkflow = { definition: WorkflowDefinition } | { errors: string[] };

const isPlain = (value: unknown): value is Plain =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const plain = (value: unknown): Plain => (isPlain(value) ? value : {});
const text = (value: unknown): string | undefined =>
  value === undefined || value === null ? undefined : String(value);
const texts = (value: unknown): string[] =>
  value === undefined || value === null ? [] : (Array.isArray(value) ? value : [value]).map(String);

const inputOf = (value: unknown): InputDefinition => {
  const { description, required, type, default: preset, options } = plain(value);
  return {
    description: text(description) ?? '',
    required: required === true,
    type: (type as InputDefinition['type']) ?? 'string',
    default: preset as InputDefinition['default'],
    options: texts(options),
  };
};

export const stepOf = (value: unknown): StepDefinition => {
  const step = plain(value);
  return {
    id: text(step.id),
    name: text(step.name),
    if: text(step.if),
    uses: text(step.uses),
    run: text(step.run),
    shell: text(step.shell),
    workingDirectory: text(step['working-directory']),
    with: plain(step.with),
    env: plain(step.env),
    continueOnError: step['continue-on-error'],
    timeoutMinutes: step['timeout-minutes'],
  };
};

const unsupportedOf = (job: Plain): string[] => [
  ...(job.uses === undefined ? [] : ['reusable workflows (jobs.<job>.uses)']),
  ...(job.container === undefined ? [] : ['containers (jobs.<job>.container)']),
  ...(job.concurrency === undefined ? [] : ['concurrency of a job (jobs.<job>.concurrency)']),
  ...(job.services === undefined ? [] : ['service containers (jobs.<job>.services)']),
  ...(Array.isArray(job.steps) ? job.steps : []).flatMap((step) =>
    ['parallel', 'wait', 'wait-all', 'cancel', 'background']
      .filter((name) => plain(step)[name] !== undefined)
      .map((name) => `background steps (${name})`),
  ),
];

const jobOf = (key: string, value: unknown, defaults: Plain): JobDefinition => {
  const job = plain(value);
  const run = { ...plain(defaults.run), ...plain(plain(job.defaults).run) };
  return {
    key,
    name: text(job.name),
    needs: texts(job.needs),
    if: text(job.if),
    runsOn: job['runs-on'],
    env: plain(job.env),
    outputs: plain(job.outputs),
    environment: job.environment,
    permissions: job.permissions,
    timeoutMinutes: job['timeout-minutes'],
    continueOnError: job['continue-on-error'],
    strategy: isPlain(job.strategy) ? job.strategy : undefined,
    defaults: { shell: text(run.shell), workingDirectory: text(run['working-directory']) },
    steps: (Array.isArray(job.steps) ? job.steps : []).map(stepOf),
    unsupported: unsupportedOf(job),
  };
};

const eventsOf = (on: unknown): Record<string, Plain> =>
  isPlain(on)
    ? Object.fromEntries(Object.entries(on).map(([event, value]) => [event, plain(value)]))
    : Object.fromEntries(texts(on).map((event) => [event, {}]));

/** Reads a workflow file; what GitHub's own parser finds wrong with it is told with line and column. */
export const readWorkflow = (path: string, content: string): ReadWorkflow => {
  const errors = checkSyntax(path, content);
  if (errors.length > 0) return { errors };
  const file = plain(parse(content));
  const on = eventsOf(file.on);
  const inputs = plain(on.workflow_dispatch?.inputs);
  return {
    definition: {
      name: text(file.name),
      runName: text(file['run-name']),
      on,
      inputs: Object.fromEntries(Object.entries(inputs).map(([name, value]) => [name, inputOf(value)])),
      env: plain(file.env),
      permissions: file.permissions,
      concurrency: file.concurrency,
      jobs: Object.entries(plain(file.jobs)).map(([key, job]) => jobOf(key, job, plain(file.defaults))),
    },
  };
};

const levels: Record<string, AccessLevel> = { read: 'read', write: 'write' };
const all = [
  'actions',
  'checks',
  'contents',
  'deployments',
  'id-token',
  'issues',
  'packages',
  'pull-requests',
  'statuses',
];

/**
 * What a job's token may do, with the API's names (`pull_requests`, `id_token`). Nothing declared: contents and packages
 * are read, as GitHub's restricted default; what is not named beside something declared is none.
 */
export const permissionsOf = (workflow: WorkflowDefinition, job: JobDefinition): Record<string, AccessLevel> => {
  const declared = job.permissions ?? workflow.permissions;
  if (declared === undefined) return { contents: 'read', packages: 'read' };
  const given: [string, unknown][] =
    declared === 'read-all' || declared === 'write-all'
      ? all.map((name) => [name, declared === 'read-all' && name !== 'id-token' ? 'read' : 'write'])
      : Object.entries(plain(declared));
  return Object.fromEntries(
    given
      .filter(([name, level]) => levels[String(level)] && !(declared === 'read-all' && name === 'id-token'))
      .map(([name, level]) => [name.replaceAll('-', '_'), levels[String(level)]!]),
  );
};
