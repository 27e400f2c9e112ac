import type { JsonObject } from './load-documents.ts';

const isObject = (value: unknown): value is JsonObject => typeof value === 'object' && value !== null;

/** Limits that GitHub states in prose (docs.github.com/rest/checks/runs) or in its answers, and not in its schemas. */
export const findLimitErrors = (template: string, method: string, body: unknown): string[] => {
  if (!isObject(body)) return [];
  if (template.endsWith('/check-runs') && method === 'post') return checkRunErrors(body);
  if (template.endsWith('/check-runs/{check_run_id}') && method === 'patch') return checkRunErrors(body);
  if (template.endsWith('/deployments/{deployment_id}/statuses')) return tooLong(body, 'description', 140, '');
  if (template.endsWith('/statuses/{sha}')) return tooLong(body, 'description', 140, '');
  if (/\/(comments|issues|pulls)(\/\{[a-z_]+\})?$/.test(template)) return tooLong(body, 'body', 65_536, '');
  if (template.endsWith('/releases')) return tooLong(body, 'body', 125_000, '');
  return [];
};

const checkRunErrors = (body: JsonObject): string[] => {
  const errors: string[] = [];
  if ((body.status === 'completed' || body.completed_at !== undefined) && body.conclusion === undefined) {
    errors.push('/conclusion is required when the check run is completed');
  }
  const output = isObject(body.output) ? body.output : {};
  const annotations = Array.isArray(output.annotations) ? output.annotations : [];
  annotations.filter(isObject).forEach((annotation, index) => {
    const at = `/output/annotations/${index}`;
    errors.push(...tooLong(annotation, 'title', 255, at), ...tooLong(annotation, 'message', 65_536, at));
    errors.push(...tooLong(annotation, 'raw_details', 65_536, at));
    const hasColumns = annotation.start_column !== undefined || annotation.end_column !== undefined;
    if (hasColumns && annotation.start_line !== annotation.end_line) {
      errors.push(`${at} has columns though it spans several lines`);
    }
  });
  return errors;
};

const tooLong = (object: JsonObject, key: string, limit: number, at: string): string[] => {
  const value = object[key];
  if (typeof value !== 'string' || [...value].length <= limit) return [];
  return [`${at}/${key} has ${[...value].length} characters, at most ${limit}`];
};
