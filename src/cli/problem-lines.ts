import type { SpecProblem } from '../domain/spec/valid.ts';

/** `path:line:column: error: message`, the form that editors and terminals make links of. */
export function problemLines(problems: readonly SpecProblem[]): string[] {
  return problems.map(({ path, line, column, level, message }) =>
    printable(`${path}:${line}:${column}: ${level}: ${message}`),
  );
}

/** Without what could move the cursor or change the order of reading. */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}]/gu, '?');
}
