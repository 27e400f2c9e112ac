import type { ReferenceProfile } from '../../domain/drift/profile.ts';
import { AppError } from '../../domain/errors.ts';
import { parseInstant } from '../../domain/spec/instant.ts';
import type { Dataset, Model, Policy } from '../../domain/spec/valid.ts';
import type { Monitor } from '../../domain/spec/valid-monitor.ts';
import type { DriftSource, Span } from '../../ports/drift-source.ts';
import { readReference } from '../read-reference.ts';
import { readRepository } from '../read-repository.ts';
import { readWorkTree } from '../work-tree.ts';

/** What the commands about a monitor work with. */
export type MonitorParts = {
  source: DriftSource;
  /** Epoch ms. */
  now(): number;
  /** What takes long says how far it is. */
  progress(text: string): void;
};

export type MonitorOptions = {
  /** Of the working tree. */
  folder: string;
  monitor: string;
  /** A reference.json as an evaluation writes it. */
  reference: string;
  /** `owner/name`, as the logs are kept by. */
  repository: string;
};

export type MonitorCase = {
  monitor: Monitor;
  model: Model;
  dataset: Dataset | undefined;
  policy: Policy;
  reference: ReferenceProfile;
  watched: { repository: string; monitor: Monitor; allow: string[] };
};

/** The monitor as the working tree declares it, with the reference that it is to judge by. */
export async function openCase({ folder, monitor: name, reference, repository }: MonitorOptions): Promise<MonitorCase> {
  const { repository: declared, problems } = await readRepository(await readWorkTree(folder));
  if (!declared) {
    const first = problems.find(({ level }) => level === 'error');
    const where = first ? `: ${first.path}:${first.line}: ${first.message}` : '';
    throw new AppError('config/invalid-spec', `the specs are not valid${where}`);
  }
  const { monitors, deployments, models, datasets, policy } = declared;
  const monitor = monitors.find((one) => one.name === name);
  if (!monitor) {
    const there = monitors.length > 0 ? `; there are ${monitors.map((one) => one.name).join(', ')}` : '';
    throw new AppError('config/invalid-input', `no monitor ${name} is declared here${there}`);
  }
  const deployment = deployments.find((one) => one.name === monitor.deployment);
  const model = models.find((one) => one.name === deployment?.model);
  if (!model) throw new AppError('config/invalid-spec', `monitor ${name} leads to no model`);
  const dataset = datasets.find((one) => one.name === model.dataset);
  const watched = { repository, monitor, allow: policy.data.allow };
  return { monitor, model, dataset, policy, reference: await readReference(reference), watched };
}

/** From the first day to the present where nothing is said; the span of the reference is read as well. */
export async function spanOf(
  { source, now }: MonitorParts,
  { monitor, watched }: Pick<MonitorCase, 'monitor' | 'watched'>,
  { from, to }: { from?: string | undefined; to?: string | undefined },
): Promise<Span> {
  const extent = await source.extent(watched);
  if (!extent) throw new AppError('config/invalid-input', `there are no rows that ${monitor.name} could look at`);
  const span = {
    from: from === undefined ? extent.first : instant('--from', from),
    to: to === undefined ? Math.min(now(), extent.last + monitor.windowSeconds * 1000) : instant('--to', to),
  };
  if (!(span.from < span.to))
    throw new AppError('config/invalid-input', 'the span is empty: --from must be before --to');
  return span;
}

/** So that the span of production that a monitor names as its reference is read. */
export function withReference(span: Span, { reference }: Monitor): Span {
  return reference === 'training' ? span : { from: Math.min(span.from, Date.parse(reference.from)), to: span.to };
}

export function instant(option: string, text: string): number {
  const value = parseInstant(text);
  if (value === undefined)
    throw new AppError('config/invalid-input', `${option}: "${text}" is no day or time such as 2024-01-31`);
  return value;
}

/** Columns of personal data by the names that findings have. */
export function privateColumns({ model, dataset }: Pick<MonitorCase, 'model' | 'dataset'>): Set<string> {
  const marked = new Set(dataset?.columns.filter(({ pii }) => pii).map(({ name }) => name));
  return new Set(
    model.signature.inputs.filter(({ column }) => marked.has(column)).flatMap(({ name, column }) => [name, column]),
  );
}
