import type { QualityInput } from './quality-input.ts';
import type { QualityFinding } from './verdict.ts';

/** Windows before it that it takes to know what is usual. */
const ENOUGH_WINDOWS = 3;
/** So many times more, or fewer, than usual. */
const FAR = 4;
/** And so many times beyond the most, or the fewest, of the windows before. */
const BEYOND = 2;

/** Rows against the declared limits; without those against the windows before. */
export function checkVolume({ profile, trailing, checks }: QualityInput): QualityFinding[] {
  const { rows } = profile;
  const { min, max } = checks.rows ?? {};
  const finding = (level: QualityFinding['level'], text: string): QualityFinding[] => [
    { check: 'volume', level, text },
  ];
  if (min !== undefined && rows < min) return finding('severe', `${rows} rows, fewer than the ${min} that are due`);
  if (max !== undefined && rows > max) return finding('severe', `${rows} rows, more than the ${max} that are allowed`);
  const before = trailing.map((window) => window.rows).sort((a, b) => a - b);
  if (checks.rows !== undefined || before.length < ENOUGH_WINDOWS) return [];
  const usual = before[Math.floor(before.length / 2)]!;
  const fewer = rows * FAR < usual && rows * BEYOND < before[0]!;
  const more = rows > usual * FAR && rows > before.at(-1)! * BEYOND;
  return fewer || more ? finding('bad', `${rows} rows, ${usual} are usual`) : [];
}
