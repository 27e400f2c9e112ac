import { type JsonObject, type OpenApiDocument, type Operation, resolveReference } from './load-documents.ts';

export type MatchedOperation = { template: string; operation: Operation; parameters: JsonObject[] };

type Route = MatchedOperation & { pattern: RegExp; specificity: string };

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

const toRoute = (document: OpenApiDocument, template: string, operation: Operation): Route => {
  const parameters = (operation.parameters ?? []).map((parameter) => resolveReference(document, parameter));
  const isMultiSegment = (name: string): boolean =>
    parameters.some(
      (parameter) => parameter.in === 'path' && parameter.name === name && parameter['x-multi-segment'] === true,
    );
  const source = template
    .split(/(\{[^}]+\})/)
    .map((part) => (part.startsWith('{') ? (isMultiSegment(part.slice(1, -1)) ? '.*' : '[^/]+') : escaped(part)))
    .join('');
  return {
    template,
    operation,
    parameters,
    // The root of a repository's contents is asked for with an empty path, which Octokit writes without its slash.
    pattern: new RegExp(`^${source}$`.replace('/contents/.*', '/contents(?:/.*)?')),
    // A literal segment sorts before a parameter at the same place, and a longer template before a shorter one.
    specificity: template
      .split('/')
      .map((segment) => (segment.includes('{') ? (isMultiSegment(segment.slice(1, -1)) ? '3' : '2') : '1'))
      .join('')
      .concat('4'),
  };
};

/** Finds the operation of a path without prefix and query; the most specific template wins. */
export const createOperationMatcher = (document: OpenApiDocument) => {
  const routes = new Map<string, Route[]>();
  for (const [template, operations] of Object.entries(document.paths ?? {})) {
    for (const [method, operation] of Object.entries(operations)) {
      const key = `${method} ${template.split('/')[1]}`;
      routes.set(key, [...(routes.get(key) ?? []), toRoute(document, template, operation)]);
    }
  }
  for (const list of routes.values()) list.sort((a, b) => (a.specificity < b.specificity ? -1 : 1));
  return (method: string, path: string): MatchedOperation | undefined =>
    routes.get(`${method.toLowerCase()} ${path.split('/')[1]}`)?.find((route) => route.pattern.test(path));
};
