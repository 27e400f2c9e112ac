import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { JSONObjectReader } from '@actions/workflow-parser/templates/json-object-reader';
import { TemplateSchema } from '@actions/workflow-parser/templates/schema/template-schema';
import { TemplateContext, TemplateValidationErrors } from '@actions/workflow-parser/templates/template-context';
import { readTemplate } from '@actions/workflow-parser/templates/template-reader';
import { NoOperationTraceWriter } from '@actions/workflow-parser/templates/trace-writer';
import { YamlObjectReader } from '@actions/workflow-parser/workflows/yaml-object-reader';

let schema: TemplateSchema | undefined;

/** The package's own entry imports its JSON in a way that only bundlers take, so its parts are put together here. */
const loadSchema = (): TemplateSchema => {
  if (schema) return schema;
  const places = createRequire(import.meta.url).resolve.paths('@actions/workflow-parser') ?? [];
  const files = places.map((place) => path.join(place, '@actions/workflow-parser/dist/workflow-v1.0.min.json'));
  const file = files.find((each) => existsSync(each));
  if (!file) throw new Error('the schema of workflow files is not installed: @actions/workflow-parser');
  schema = TemplateSchema.load(new JSONObjectReader(undefined, readFileSync(file, 'utf8')));
  return schema;
};

/** What GitHub's own parser finds wrong with a workflow file, with line and column. */
export const checkSyntax = (name: string, content: string): string[] => {
  const context = new TemplateContext(new TemplateValidationErrors(), loadSchema(), new NoOperationTraceWriter());
  const fileId = context.getFileId(name);
  const reader = new YamlObjectReader(fileId, content);
  for (const error of reader.errors) context.error(fileId, error.message, error.range);
  if (reader.errors.length === 0) readTemplate(context, 'workflow-root-strict', reader, fileId);
  return context.errors.getErrors().map((error) => error.message);
};
