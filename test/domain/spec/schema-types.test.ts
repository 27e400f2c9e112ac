import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { generateSchemaModules } from '../../../schemas/generate-types.ts';

const root = path.join(import.meta.dirname, '../../..');

test('the generated modules are in step with schemas/ (else: npm run schemas)', async () => {
  for (const { path: file, text } of await generateSchemaModules()) {
    expect(await readFile(path.join(root, file), 'utf8'), file).toBe(text);
  }
});
