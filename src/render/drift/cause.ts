import type { Cause, WindowVerdict } from '../../domain/drift/verdict.ts';
import type { Span } from '../report/document.ts';

const KINDS: Record<Cause['kind'], string> = {
  schema: 'the schema upstream changed',
  missing: 'values are missing upstream',
  'new-category': 'values that the reference never had',
  volume: 'other volume',
  season: 'the season',
  unit: 'another unit or scale',
  model: 'the model, or what its inputs mean',
  unknown: 'not clear from the data',
};

/** With its evidence, unless that could show a value of personal data. */
export function causeSpans({ cause, columns }: WindowVerdict, privateColumns: ReadonlySet<string>): Span[] {
  if (cause === undefined) return [];
  const shy = columns.some(({ column }) => privateColumns.has(column) && cause.text.includes(column));
  return shy ? [KINDS[cause.kind]] : [`${KINDS[cause.kind]}: `, { text: cause.text, limit: 600 }];
}
