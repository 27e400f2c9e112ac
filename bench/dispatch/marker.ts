/** A training command that does nothing but say when it began; it writes no model, so its training ends there. */
export const MARKER = `const now = Date.now();
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
const file = JSON.parse(readFileSync(process.env.SLUICE_PARAMS, 'utf8')).mark;
writeFileSync(file + '.new', JSON.stringify({ now, spawned: performance.timeOrigin, parent: process.ppid }));
renameSync(file + '.new', file);
// until somebody has looked when the parent began
await new Promise((resolve) => setTimeout(resolve, 200));
`;

/** Epoch milliseconds each: the first instruction, and when the process of the command was made. */
export type Mark = { now: number; spawned: number; parent: number };
