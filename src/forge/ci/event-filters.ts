import { passesFilter } from './glob.ts';

type Filters = Record<string, unknown>;

export type TriggerEvent = {
  event: string;
  action: string | undefined;
  /** Branch that the filters speak of: pushed to, or the base of the pull request. */
  branch: string | undefined;
  tag: string | undefined;
  /** Name of the workflow, for `workflow_run`. */
  workflow: string | undefined;
};

const list = (value: unknown): string[] | undefined =>
  value === undefined || value === null ? undefined : (Array.isArray(value) ? value : [value]).map(String);

const usualTypes: Record<string, string[]> = {
  pull_request: ['opened', 'synchronize', 'reopened'],
  pull_request_target: ['opened', 'synchronize', 'reopened'],
};

const passesRefs = (filters: Filters, event: TriggerEvent): boolean => {
  const only = (name: string): string[] | undefined => list(filters[name]);
  if (event.tag !== undefined) {
    const [tags, ignored] = [only('tags'), only('tags-ignore')];
    if (ignored) return !passesFilter(ignored, event.tag);
    // filters of branches alone leave tags out
    return tags ? passesFilter(tags, event.tag) : !only('branches') && !only('branches-ignore');
  }
  if (event.branch === undefined) return true;
  const [branches, ignored] = [only('branches'), only('branches-ignore')];
  if (ignored) return !passesFilter(ignored, event.branch);
  return branches ? passesFilter(branches, event.branch) : !only('tags') && !only('tags-ignore');
};

/** Whether the filters of an `on:` entry let an event through, but for those of paths. */
export const passesEvent = (filters: Filters, event: TriggerEvent): boolean => {
  const types = list(filters.types) ?? usualTypes[event.event];
  if (types && event.action !== undefined && !types.includes(event.action)) return false;
  const workflows = list(filters.workflows);
  if (workflows && event.workflow !== undefined && !passesFilter(workflows, event.workflow)) return false;
  return passesRefs(filters, event);
};

/** `paths` and `paths-ignore`: whether any of the changed files counts. */
export const passesPaths = (filters: Filters, changed: string[]): boolean => {
  const [paths, ignored] = [list(filters.paths), list(filters['paths-ignore'])];
  if (paths) return changed.some((path) => passesFilter(paths, path));
  return ignored ? changed.some((path) => !passesFilter(ignored, path)) : true;
};
