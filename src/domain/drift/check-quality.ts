/** Deterministic checks of a window's data, before any statistics. */
import { checkLimits } from './check-limits.ts';
import { checkSchema } from './check-schema.ts';
import { checkVolume } from './check-volume.ts';
import type { QualityInput } from './quality-input.ts';
import type { QualityFinding } from './verdict.ts';

/** The most severe first. Limits that are declared and a schema that broke are severe: one window opens an alert. */
export function checkQuality(input: QualityInput): QualityFinding[] {
  const findings = [...checkSchema(input), ...checkVolume(input), ...checkLimits(input), ...checkRows(input)];
  return findings.sort((a, b) => LEVELS.indexOf(a.level) - LEVELS.indexOf(b.level));
}

const LEVELS: QualityFinding['level'][] = ['severe', 'bad', 'note'];
/** Rows that are odd one by one are a note until they are this part of all. */
const MANY = 0.01;
/** A log that is delivered again doubles its rows; once is common, and they are counted once. */
const MANY_DUPLICATES = 0.2;

function checkRows({ profile, malformed, timeless, duplicates, late = 0 }: QualityInput): QualityFinding[] {
  const findings: QualityFinding[] = [];
  const part = (count: number) => count / Math.max(1, profile.rows + count);
  const tell = (check: QualityFinding['check'], count: number, many: number, text: string) => {
    if (count > 0) findings.push({ check, level: part(count) > many ? 'bad' : 'note', text: `${count} ${text}` });
  };
  const first = malformed[0];
  if (first) {
    const others = malformed.length > 1 ? ` and ${malformed.length - 1} more` : '';
    const text = `${first.file}${others} could not be read: ${first.reason}`;
    findings.push({ check: 'malformed', level: 'bad', text });
  }
  tell('timeless', timeless, MANY, 'rows have no time, or one of the future or before 2000, and are in no window');
  tell('duplicates', duplicates, MANY_DUPLICATES, 'rows were there twice, and count once');
  if (late > 0) {
    findings.push({ check: 'late', level: 'note', text: `${late} rows came after the window was judged first` });
  }
  return findings;
}
