/**
 * Writes src/domain/spec/schema-types.ts (the raw form as TypeScript) and src/domain/spec/schemas.ts (the schemas as
 * data, since a compiled build holds src/ only). A test compares both with what this would write.
 */
import { execFileSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { compile, type JSONSchema } from 'json-schema-to-typescript';

const KINDS = ['Policy', 'Dataset', 'Model', 'Deployment', 'Monitor'] as const;
const TARGET = 'src/domain/spec';
const BANNER = '/** Generated from schemas/ by `npm run schemas`. */';
const root = path.join(import.meta.dirname, '..');

export async function generateSchemaModules(): Promise<{ path: string; text: string }[]> {
  const types = [BANNER];
  const values: Record<string, unknown> = {};
  for (const kind of KINDS) {
    const schema: unknown = JSON.parse(
      await readFile(path.join(root, 'schemas', `${kind.toLowerCase()}.schema.json`), 'utf8'),
    );
    values[kind] = schema;
    types.push(
      await compile(declareOnce(kind, schema), `Raw${kind}`, { bannerComment: '', ignoreMinAndMaxItems: true }),
    );
  }
  const kinds = KINDS.map((kind) => `'${kind}'`).join(' | ');
  const schemas = `${BANNER}\nexport type SpecKind = ${kinds};\n\nexport const SPEC_SCHEMAS: Record<SpecKind, object> = ${JSON.stringify(values)};\n`;
  return [
    { path: `${TARGET}/schema-types.ts`, text: formatted(types.join('\n'), 'schema-types-unchecked.ts') },
    { path: `${TARGET}/schemas.ts`, text: formatted(schemas, 'schemas.ts') },
  ];
}

/** All kinds share one module, so a definition (`name`, `metric`) gets the kind in its name: one export each. */
function declareOnce(kind: string, schema: unknown): JSONSchema {
  const renamed = JSON.stringify(schema).replaceAll('#/definitions/', `#/definitions/${kind}_`);
  const copy = JSON.parse(renamed) as JSONSchema & { definitions?: Record<string, JSONSchema> };
  copy.definitions = Object.fromEntries(
    Object.entries(copy.definitions ?? {}).map(([name, definition]) => [`${kind}_${name}`, definition]),
  );
  return copy;
}

function formatted(text: string, name: string): string {
  const biome = path.join(root, 'node_modules/.bin/biome');
  return execFileSync(biome, ['format', `--stdin-file-path=${TARGET}/${name}`], {
    cwd: root,
    input: text,
    stdio: ['pipe', 'pipe', 'ignore'],
    encoding: 'utf8',
  });
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  for (const file of await generateSchemaModules()) await writeFile(path.join(root, file.path), file.text);
}
