import type { Pointer, YamlSource } from './read-yaml.ts';
import type { SpecProblem } from './valid.ts';

/** Collects what is wrong with one file. */
export type Report = {
  problems: SpecProblem[];
  error(pointer: Pointer, message: string, on?: 'key' | 'value'): void;
  warning(pointer: Pointer, message: string, on?: 'key' | 'value'): void;
  failed(): boolean;
};

export function createReport(source: YamlSource): Report {
  const problems: SpecProblem[] = [];
  const add =
    (level: SpecProblem['level']): Report['error'] =>
    (pointer, message, on) => {
      problems.push({ level, path: source.path, ...source.position(pointer, on), message });
    };
  return {
    problems,
    error: add('error'),
    warning: add('warning'),
    failed: () => problems.some((problem) => problem.level === 'error'),
  };
}
