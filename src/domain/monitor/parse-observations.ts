import { createRowCheck, isRow, OBSERVATION_LIMITS, type PostedContext } from './check-rows.ts';
import type { ObservationBatch, PostedProblem } from './observation-batch.ts';

type Parsed = ObservationBatch | { problems: PostedProblem[] };

/** `{ batch, observations, labels }`; `header`: the id of the batch where the request has it in its head. */
export function parseObservations(body: unknown, header: string | undefined, context: PostedContext): Parsed {
  const check = createRowCheck(context);
  if (!isRow(body)) return problem('body', 'is no JSON object', 'Send {"batch": "…", "observations": […]}');
  for (const name of Object.keys(body)) {
    if (check.isFull()) break;
    if (!['batch', 'observations', 'labels'].includes(name))
      check.complain(name, 'is unknown', 'A batch has batch, observations and labels');
  }
  if (header !== undefined && body.batch !== undefined && header !== body.batch)
    check.complain('batch', 'is not the Idempotency-Key of the request', 'Send one of them, or the same');
  const id = check.batchId(body.batch ?? header);
  const observations = listOf(body.observations);
  const labels = listOf(body.labels);
  if (!observations) check.complain('observations', 'is no list', 'Send a list, or leave it away');
  if (!labels) check.complain('labels', 'is no list', 'Send a list, or leave it away');
  if (!observations || !labels || !check.count(observations.length + labels.length)) return check.refused();
  return check.answer({
    id,
    observations: observations.map((row, index) => check.observation(row, `observations[${index}]`, index)),
    labels: labels.map((row, index) => check.label(row, `labels[${index}]`, index)),
  });
}

/** A row a line: one with a `label` is a label, any other an observation. */
export function parseObservationLines(text: string, header: string | undefined, context: PostedContext): Parsed {
  const check = createRowCheck(context);
  const batch: ObservationBatch = { id: check.batchId(header), observations: [], labels: [] };
  const lines = linesOf(text);
  if (!check.count(lines.length)) return check.refused();
  for (const [index, line] of lines) {
    const at = `line ${index + 1}`;
    const row = parseLine(line);
    if (row === undefined) check.complain(at, 'is no JSON', 'One object a line, and nothing else', index);
    else if (isRow(row) && Object.hasOwn(row, 'label')) batch.labels.push(check.label(row, at, index));
    else batch.observations.push(check.observation(row, at, index));
    if (check.isFull()) break;
  }
  return check.answer(batch);
}

const problem = (at: string, what: string, fix: string) => ({ problems: [{ at, problem: what, fix }] });

function listOf(value: unknown): unknown[] | undefined {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : undefined;
}

/** Lines that are not blank, with their places; of too many, as many as show that. */
function linesOf(text: string): [index: number, line: string][] {
  const lines: [number, string][] = [];
  let [index, at] = [0, 0];
  for (const { 0: line, index: start } of text.matchAll(/\S[^\n]*/g)) {
    for (; at < start; at++) if (text.charCodeAt(at) === 10) index++;
    at = start + line.length;
    lines.push([index, line]);
    if (lines.length > OBSERVATION_LIMITS.rows) break;
  }
  return lines;
}

function parseLine(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
