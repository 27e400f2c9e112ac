import { oneOf, optionalText, requiredText } from '../http/input.ts';
import { HttpError, invalid } from '../http-error.ts';
import type { CheckAnnotation, CheckConclusion, CheckRun, CheckStatus } from '../state.ts';
import { now } from '../world.ts';

type Body = Record<string, unknown>;

const resource = 'CheckRun';
const conclusions: CheckConclusion[] = [
  'success',
  'failure',
  'neutral',
  'cancelled',
  'skipped',
  'timed_out',
  'action_required',
];
const statuses: CheckStatus[] = ['queued', 'in_progress', 'completed'];
const levels = ['notice', 'warning', 'failure'];

const refuse = (message: string): HttpError => new HttpError(422, `Invalid request.\n\n${message}`);

const annotation = (value: unknown): CheckAnnotation => {
  const given = value as Partial<CheckAnnotation> & Record<string, unknown>;
  for (const field of ['path', 'start_line', 'end_line', 'annotation_level', 'message'] as const) {
    if (given[field] === undefined) throw refuse(`"${field}" wasn't supplied.`);
  }
  if (!levels.includes(String(given.annotation_level))) throw refuse(`${given.annotation_level} is not a level.`);
  if (!Number.isInteger(given.start_line) || Number(given.start_line) < 1) throw refuse('start_line must be a line.');
  if (Number(given.end_line) < Number(given.start_line)) throw refuse('end_line must not be before start_line.');
  const columns = given.start_column !== undefined || given.end_column !== undefined;
  if (columns && given.start_line !== given.end_line) throw refuse('Columns are for annotations of one line.');
  return {
    path: given.path!,
    start_line: given.start_line!,
    end_line: given.end_line!,
    start_column: given.start_column ?? null,
    end_column: given.end_column ?? null,
    annotation_level: given.annotation_level!,
    message: given.message!,
    title: given.title ?? null,
    raw_details: given.raw_details ?? null,
  };
};

const longest = 65_535;

const longText = (output: Body, field: string): string | undefined => {
  const text = optionalText(output, field, resource);
  if (text !== undefined && text.length > longest) {
    throw refuse(`Only ${longest} characters are allowed; ${text.length} were supplied in ${field}.`);
  }
  return text;
};

/** The output after a request: texts are replaced, annotations are appended. */
const outputAfter = (before: CheckRun['output'], value: unknown): CheckRun['output'] => {
  if (value === undefined || value === null) return before;
  const output = value as Body;
  const annotations = (output.annotations ?? []) as unknown[];
  if (annotations.length > 50) throw refuse(`No more than 50 items are allowed; ${annotations.length} were supplied.`);
  const summary = longText(output, 'summary');
  if (summary === undefined && before.summary === undefined) throw refuse('"summary" wasn\'t supplied.');
  const images = (output.images ?? before.images) as CheckRun['output']['images'];
  for (const image of images) {
    if (!image.alt || !image.image_url) throw refuse('An image needs "alt" and "image_url".');
  }
  return {
    title: optionalText(output, 'title', resource) ?? before.title,
    summary: summary ?? before.summary,
    text: longText(output, 'text') ?? before.text,
    images,
    annotations: [...before.annotations, ...annotations.map(annotation)],
  };
};

const actionLimits = { label: 20, description: 40, identifier: 20 };

const actionsOf = (value: unknown): CheckRun['actions'] | undefined => {
  if (value === undefined || value === null) return undefined;
  const actions = value as CheckRun['actions'];
  if (actions.length > 3) throw refuse(`No more than 3 items are allowed; ${actions.length} were supplied.`);
  for (const action of actions) {
    for (const [field, limit] of Object.entries(actionLimits)) {
      const text = action[field as keyof typeof actionLimits];
      if (!text) throw refuse(`"${field}" wasn't supplied.`);
      if (text.length > limit)
        throw refuse(`Only ${limit} characters are allowed; ${text.length} were supplied in ${field}.`);
    }
  }
  return actions;
};

type Writable = Omit<CheckRun, 'id' | 'suiteId' | 'headSha'>;

export const newRun = (body: Body): Writable => ({
  name: requiredText(body, 'name', resource),
  externalId: '',
  detailsUrl: '',
  status: 'queued',
  conclusion: undefined,
  startedAt: undefined,
  completedAt: undefined,
  output: { title: undefined, summary: undefined, text: undefined, images: [], annotations: [] },
  actions: [],
});

/** The fields of a check run after a create or update request; 422 for what GitHub refuses. */
export const runAfter = (before: Writable, body: Body): Writable => {
  const conclusion = oneOf(body, 'conclusion', resource, conclusions);
  // a conclusion alone completes the run
  const status = conclusion ? 'completed' : (oneOf(body, 'status', resource, statuses) ?? before.status);
  const completed = status === 'completed';
  if (completed && !conclusion && !before.conclusion) throw invalid(resource, 'conclusion', 'missing_field');
  const startedAt = optionalText(body, 'started_at', resource) ?? before.startedAt ?? now();
  return {
    name: optionalText(body, 'name', resource) ?? before.name,
    externalId: optionalText(body, 'external_id', resource) ?? before.externalId,
    detailsUrl: optionalText(body, 'details_url', resource) ?? before.detailsUrl,
    status,
    conclusion: completed ? (conclusion ?? before.conclusion) : undefined,
    startedAt,
    completedAt: completed ? (optionalText(body, 'completed_at', resource) ?? before.completedAt ?? now()) : undefined,
    output: outputAfter(before.output, body.output),
    actions: actionsOf(body.actions) ?? before.actions,
  };
};
