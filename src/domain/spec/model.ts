import type { Json } from '../json.ts';
import { toEvaluate } from './evaluate-spec.ts';
import { toGates } from './gate-spec.ts';
import { globTrouble, pathTrouble } from './glob.ts';
import { PARAM_PATTERN } from './param-name.ts';
import type { Report } from './report.ts';
import type { RawModel } from './schema-types.ts';
import { show, showList } from './show.ts';
import { toSignature } from './signature.ts';
import { didYouMean } from './suggest.ts';
import { toSweep } from './sweep-spec.ts';
import { parseBytes, parseDuration } from './units.ts';
import type { Dataset, Model, Policy } from './valid.ts';

const DEFAULT_MEMORY = '2Gi';
const DEFAULT_TIMEOUT = '1h';
const ENDINGS = { onnx: /\.onnx$/, tfjs: /\.json$/ } as const;

/** `dataset` is absent when the one named is unknown or broken. */
export function toModel(
  raw: RawModel,
  path: string,
  context: { policy: Policy; dataset: Dataset | undefined },
  report: Report,
): Model {
  const gates = toGates(raw, context.dataset, report);
  checkQueries(raw, context.dataset, report);
  return {
    kind: 'Model',
    name: raw.name,
    path,
    task: raw.task,
    dataset: raw.dataset,
    train: toTrain(raw, context.policy, report),
    artifact: toArtifact(raw, report),
    signature: toSignature(raw, context.dataset, report),
    evaluate: toEvaluate(raw, gates, context.dataset, report),
    gates,
  };
}

function toTrain(raw: RawModel, policy: Policy, report: Report): Model['train'] {
  const { train } = raw;
  for (const [index, glob] of train.code.entries()) {
    const trouble = globTrouble(glob);
    if (trouble !== undefined) report.error(['train', 'code', index], `${show(glob)} ${trouble}`);
  }
  for (const key of Object.keys(train.params ?? {})) {
    if (!PARAM_PATTERN.test(key)) {
      report.error(['train', 'params', key], `${show(key)} is no parameter name: letters, digits, _ . -`, 'key');
    }
  }
  const runner = toRunner(train.runner, policy, report);
  return {
    runner,
    command: train.command,
    code: train.code,
    params: (train.params ?? {}) as Record<string, Json>,
    ...(train.sweep && { sweep: toSweep(train.sweep, report) }),
    resources: toResources(raw, runner, policy, report),
    seed: train.seed ?? 0,
    repeats: toRepeats(train, report),
  };
}

/** Which of a sweep's trials the other seeds would repeat is known only when it has ended. */
function toRepeats(train: RawModel['train'], report: Report): number {
  const { repeats = 1, sweep } = train;
  if (repeats > 1 && sweep) {
    report.error(['train', 'repeats'], '"repeats" does not go with "sweep": repeat the winner, with its params', 'key');
  }
  return repeats;
}

function checkQueries(raw: RawModel, dataset: Dataset | undefined, report: Report): void {
  if (raw.task !== 'ranking' || !dataset || dataset.columns.some(({ role }) => role === 'group')) return;
  report.error(['task'], `ranking needs a column of role group in dataset ${show(dataset.name)}: the query of a row`);
}

function toRunner(name: string | undefined, policy: Policy, report: Report): string {
  const names = policy.runners.map((runner) => runner.name);
  const chosen = name ?? (names.length === 1 ? names[0]! : 'local');
  const known = policy.runners.find((runner) => runner.name === chosen);
  if (known) return chosen;
  const hint = didYouMean(chosen, names) || `; runners: ${showList(names)}`;
  if (name === undefined) report.error(['train'], `"runner" is missing: one of ${showList(names)}`, 'key');
  else report.error(['train', 'runner'], `${policy.path} has no runner ${show(name)}${hint}`);
  return chosen;
}

function toResources(raw: RawModel, runner: string, policy: Policy, report: Report): Model['train']['resources'] {
  const { gpu = 0, memory = DEFAULT_MEMORY, timeout = DEFAULT_TIMEOUT } = raw.train.resources ?? {};
  const memoryBytes = parseBytes(memory);
  const timeoutMs = parseDuration(timeout);
  if (memoryBytes === undefined || memoryBytes === 0) {
    report.error(['train', 'resources', 'memory'], `${show(memory)} is no size such as 50MB or 8Gi`);
  }
  if (timeoutMs === undefined || timeoutMs < 1_000) {
    report.error(['train', 'resources', 'timeout'], `${show(timeout)} is no duration such as 30m or 2h`);
  }
  const maxHours = policy.runners.find(({ name }) => name === runner)?.maxHours;
  if (timeoutMs !== undefined && maxHours !== undefined && timeoutMs > maxHours * 3_600_000) {
    const limit = `runner ${runner} allows ${maxHours} h`;
    report.error(['train', 'resources', 'timeout'], `${show(timeout)} is too long: ${limit}`);
  }
  return { gpu, memoryBytes: memoryBytes ?? 0, timeoutSeconds: (timeoutMs ?? 0) / 1_000 };
}

function toArtifact(raw: RawModel, report: Report): Model['artifact'] {
  const { path, format } = raw.artifact;
  const trouble = pathTrouble(path);
  if (trouble !== undefined) report.error(['artifact', 'path'], `${show(path)} ${trouble}`);
  if (!ENDINGS[format].test(path)) {
    const ending = format === 'onnx' ? '.onnx' : '.json';
    report.error(
      ['artifact', 'path'],
      `${show(path)} does not end in ${ending}, as an artifact of format ${format} does`,
    );
  }
  return { path, format };
}
