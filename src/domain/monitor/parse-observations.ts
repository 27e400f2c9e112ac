import { createRowCheck, isRow, type PostedContext } from './check-rows.ts';
import type { ObservationBatch, PostedProblem } from './observation-batch.ts';

type Parsed = ObservationBatch | { problems: PostedProblem[] };

/** `{ batch, observations, labels }`; `header`: the id of the batch where the request has it in its head. */
export function parseObservations(body: unknown, header: string | undefined, context: PostedContext): Parsed {
  const check = createRowCheck(context);
  if (!isRow(body)) return problem('body', 'is no JSON object', 'Send {"batch": "…", "observations": […]}');
  for (const name of Object.keys(body)) {
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
  const lines = text.split('\n');
  if (!check.count(lines.filter((line) => line.trim() !== '').length)) return check.refused();
  for (const [index, line] of lines.entries()) {
    if (line.trim() === '') continue;
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

function parseLine(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
