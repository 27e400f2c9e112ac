/** NULL of rows that were answered: empty, false and 0 are no errors. It depends on who writes the log how success is told. */
export function errorSql(column: string): string {
  const text = `CAST(${column} AS VARCHAR)`;
  return `CASE WHEN lower(${text}) IN ('', 'false', '0', 'ok', 'none') THEN NULL ELSE ${text} END`;
}
