import { checkDeployments } from './check-deployments.ts';
import { checkSchema } from './check-schema.ts';
import { toDataset } from './dataset.ts';
import { toDeployment } from './deployment.ts';
import { toModel } from './model.ts';
import { toMonitor } from './monitor.ts';
import { readYaml, type YamlSource } from './read-yaml.ts';
import { createReport, type Report } from './report.ts';
import type { RawDataset, RawDeployment, RawModel, RawMonitor } from './schema-types.ts';
import type { SpecKind } from './schemas.ts';
import { show, showList } from './show.ts';
import { didYouMean } from './suggest.ts';
import {
  type Dataset,
  type Deployment,
  type Model,
  NAME_PATTERN,
  type Policy,
  type Repository,
  type SpecProblem,
} from './valid.ts';
import type { Monitor } from './valid-monitor.ts';

type DeclaredKind = Exclude<SpecKind, 'Policy'>;
/** A file of a known kind. `sound`: it keeps to the schema, so that its raw type holds. */
type Declaration = { kind: DeclaredKind; name: string; path: string; raw: unknown; sound: boolean; report: Report };

const KINDS: readonly DeclaredKind[] = ['Dataset', 'Model', 'Deployment', 'Monitor'];

/** All problems of all files at once; the repository only when none of them is an error. */
export function validateRepository(input: { policy: Policy; files: ReadonlyMap<string, string> }): {
  repository?: Repository;
  problems: SpecProblem[];
} {
  const { policy } = input;
  const problems: SpecProblem[] = [];
  const declarations: Declaration[] = [];
  for (const [path, text] of [...input.files].sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (path === policy.path) continue;
    const read = readYaml({ path, text });
    const declared = read.source ? declare(read.source, policy) : read;
    if ('problems' in declared) problems.push(...declared.problems);
    else declarations.push(declared);
  }
  checkNames(declarations);
  const index = indexOf(declarations, problems.length > 0);

  const datasets = convert<Dataset>(declarations, 'Dataset', ({ raw, path, report }) =>
    toDataset(raw as RawDataset, path, policy, report),
  );
  const models = convert<Model>(declarations, 'Model', ({ raw, path, report }) => {
    const model = raw as RawModel;
    checkReference('Dataset', model.dataset, ['dataset'], index, report);
    return toModel(model, path, { policy, dataset: byName(datasets, model.dataset) }, report);
  });
  const deployments = convert<Deployment>(declarations, 'Deployment', ({ raw, path, report }) => {
    const deployment = raw as RawDeployment;
    checkReference('Model', deployment.model, ['model'], index, report);
    if (deployment.after) checkReference('Deployment', deployment.after, ['after'], index, report);
    const judge = deployment.strategy?.judge;
    if (judge) checkReference('Monitor', judge, ['strategy', 'judge'], index, report);
    return toDeployment(deployment, path, report);
  });
  const monitors = convert<Monitor>(declarations, 'Monitor', ({ raw, path, report }) => {
    const monitor = raw as RawMonitor;
    checkReference('Deployment', monitor.deployment, ['deployment'], index, report);
    const model = byName(models, byName(deployments, monitor.deployment)?.model);
    return toMonitor(monitor, path, { policy, model, dataset: byName(datasets, model?.dataset) }, report);
  });
  const reports = new Map(declarations.map(({ path, report }) => [path, report]));
  checkDeployments({ deployments, monitors }, (path) => reports.get(path)!);

  problems.push(...declarations.flatMap(({ report }) => report.problems));
  problems.sort((a, b) => (a.path === b.path ? a.line - b.line || a.column - b.column : a.path < b.path ? -1 : 1));
  if (problems.some(({ level }) => level === 'error')) return { problems };
  return { repository: { policy, datasets, models, deployments, monitors }, problems };
}

function declare(source: YamlSource, policy: Policy): Declaration | { problems: SpecProblem[] } {
  const report = createReport(source);
  const { value } = source;
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    report.error([], `must be a mapping with "kind", one of ${KINDS.join(', ')}`);
    return report;
  }
  const kind = value.kind;
  if (kind === 'Policy') {
    report.error(['kind'], `the policy of a repository is ${policy.path}; there is no second one`);
    return report;
  }
  if (typeof kind !== 'string' || !KINDS.includes(kind as DeclaredKind)) {
    const verdict = kind === undefined ? '"kind" is missing' : `${show(kind)} is no kind`;
    const hint = typeof kind === 'string' ? didYouMean(kind, KINDS) : '';
    report.error(kind === undefined ? [] : ['kind'], `${verdict}: one of ${KINDS.join(', ')}${hint}`);
    return report;
  }
  checkSchema(kind as DeclaredKind, value, report);
  const name = typeof value.name === 'string' ? value.name : '';
  return { kind: kind as DeclaredKind, name, path: source.path, raw: value, sound: !report.failed(), report };
}

function checkNames(declarations: Declaration[]): void {
  const first = new Map<string, Declaration>();
  for (const declaration of declarations) {
    const key = `${declaration.kind} ${declaration.name}`;
    const other = first.get(key);
    if (!other || declaration.name === '') first.set(key, declaration);
    else {
      const what = `${declaration.kind.toLowerCase()} ${show(declaration.name)}`;
      declaration.report.error(['name'], `${what} is declared in ${other.path} already`);
    }
  }
}

/** Declared names. `partial`: some file could not be told by kind and name, so that a name may be missing here. */
type Index = { names: ReadonlyMap<DeclaredKind, readonly string[]>; partial: boolean };

function indexOf(declarations: Declaration[], unreadable: boolean): Index {
  const named = declarations.filter(({ name }) => NAME_PATTERN.test(name));
  const names = (kind: DeclaredKind) => named.filter((other) => other.kind === kind).map(({ name }) => name);
  return {
    names: new Map(KINDS.map((kind) => [kind, names(kind)])),
    partial: unreadable || named.length < declarations.length,
  };
}

function checkReference(kind: DeclaredKind, name: string, pointer: string[], index: Index, report: Report): void {
  const names = index.names.get(kind) ?? [];
  // A consequence of another problem would only hide it.
  if (names.includes(name) || index.partial) return;
  const what = kind.toLowerCase();
  const hint = didYouMean(name, names) || `; ${what}s: ${showList(names)}`;
  report.error(pointer, `there is no ${what} ${show(name)}${hint}`);
}

function convert<T>(declarations: Declaration[], kind: DeclaredKind, make: (declaration: Declaration) => T): T[] {
  return declarations.filter((declaration) => declaration.kind === kind && declaration.sound).map(make);
}

function byName<T extends { name: string }>(all: readonly T[], name: string | undefined): T | undefined {
  return all.find((one) => one.name === name);
}
