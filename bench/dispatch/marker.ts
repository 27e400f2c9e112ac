/** A training command that does nothing but say when it began; it writes no model, so its training ends there. */
export const MARKER = `const now = Date.now();
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
const file = JSON.parse(readFileSync(process.env.SLUICE_PARAMS, 'utf8')).mark;
writeFileSync(file + '.new', JSON.stringify({ now }));
renameSync(file + '.new', file);
`;

/** The first instruction, epoch milliseconds. */
export type Mark = { now: number };
