import type { QualityFinding, WindowVerdict } from '../../domain/drift/verdict.ts';
import { type Block, fold, type Text } from '../report/document.ts';

const MARKS: Record<QualityFinding['level'], string> = { severe: '❌', bad: '⚠️', note: '' };

/** What is broken in the data itself comes before every statistic. */
export function qualityItems({ quality }: WindowVerdict): Text[] {
  const order: QualityFinding['level'][] = ['severe', 'bad'];
  return order.flatMap((level) => quality.filter((one) => one.level === level)).map(item);
}

export function qualityNotes({ quality }: WindowVerdict): Block[] {
  const notes = quality.filter(({ level }) => level === 'note');
  if (notes.length === 0) return [];
  const summary = notes.length === 1 ? 'One note on the data' : `${notes.length} notes on the data`;
  return [fold(summary, { kind: 'list', what: 'note', items: notes.map(item) })];
}

function item({ level, check, text }: QualityFinding): Text {
  return [MARKS[level] === '' ? '' : `${MARKS[level]} `, { strong: check }, ': ', { text, limit: 400 }];
}
