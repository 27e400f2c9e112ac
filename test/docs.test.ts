/** What the documents say is what the code reads, answers and accepts. */
import { spawnSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { ALLOWED_FUNCTIONS } from '../src/adapters/dataset/allowed-functions.ts';
import { ALL_COMMANDS } from '../src/domain/commands/all-commands.ts';
import { parsePolicy } from '../src/domain/spec/parse-policy.ts';
import { validateRepository } from '../src/domain/spec/validate-repository.ts';
import { readConfig } from '../src/server/config.ts';

const root = fileURLToPath(new URL('../', import.meta.url));
const read = (file: string): string => readFileSync(path.join(root, file), 'utf8');
const [readme, specs, operations] = [read('README.md'), read('docs/specs.md'), read('docs/operations.md')];

/** From a heading to the one that is named, or to the next of its level. */
function section(text: string, heading: string, until?: string): string {
  const start = text.indexOf(`\n${heading}`);
  expect(start, heading).toBeGreaterThanOrEqual(0);
  const end = text.indexOf(until === undefined ? '\n## ' : `\n${until}`, start + heading.length);
  return text.slice(start, end < 0 ? undefined : end);
}

/** What stands between backticks, fenced blocks left out. */
function inlineCode(text: string): string[] {
  const prose = text.replace(/^```[\s\S]*?^```/gm, '');
  return [...prose.matchAll(/`([^`\n]+)`/g)].map((match) => match[1]!);
}

type Schema = { properties?: Record<string, Schema>; enum?: unknown[]; const?: unknown; [key: string]: unknown };

/** Keys that a user writes and words that a user chooses from, anywhere in a schema. */
function wordsOf(schema: unknown): Set<string> {
  const words = new Set<string>();
  const walk = (node: unknown): void => {
    if (node === null || typeof node !== 'object') return;
    const { properties = {}, enum: choices = [], const: only } = node as Schema;
    for (const key of Object.keys(properties)) words.add(key);
    for (const choice of [...choices, only]) if (typeof choice === 'string') words.add(choice);
    Object.values(node).forEach(walk);
  };
  walk(schema);
  return words;
}

describe('docs/specs.md', () => {
  it.each([
    ['policy', section(specs, '## Policy')],
    ['dataset', section(specs, '## Dataset')],
    ['model', section(specs, '## Model', '## The training command')],
    ['deployment', section(specs, '## Deployment')],
    ['monitor', section(specs, '## Monitor')],
  ])('names every key and every choice of the schema of a %s in its section', (kind, text) => {
    const general = section(specs, '## Rules for every file');
    const metrics = section(specs, '## Metrics');
    const named = new Set(
      [text, general, metrics].flatMap(inlineCode).flatMap((code) => code.match(/[\w@/-]+/g) ?? []),
    );
    const missing = [...wordsOf(JSON.parse(read(`schemas/${kind}.schema.json`)))].filter((word) => !named.has(word));
    expect(missing).toEqual([]);
  });

  it('shows examples that are valid together', () => {
    const examples = [...specs.matchAll(/^```yaml\n([\s\S]*?)^```/gm)].map((match) => match[1]!);
    const declared = examples.filter((text) => /^kind: /m.test(text));
    const kinds = declared.map((text) => /^kind: (\w+)/m.exec(text)![1]!);
    expect(kinds).toEqual(['Policy', 'Dataset', 'Model', 'Deployment', 'Monitor']);
    const { policy, problems } = parsePolicy({ path: 'sluice.yaml', text: declared[0]! });
    expect(problems).toEqual([]);
    const files = new Map(declared.slice(1).map((text, index) => [`${kinds[index + 1]}.yaml`, text]));
    expect(validateRepository({ policy: policy!, files }).problems).toEqual([]);
  });

  it('names SQL functions that are allowed, and of the others none', () => {
    const sql = section(specs, '## SQL in specs');
    const functionsOf = (line: RegExp): string[] =>
      inlineCode(line.exec(sql)?.[0] ?? '').flatMap((code) => code.match(/^[a-z0-9_ ]+$/)?.[0].split(/\s+/) ?? []);
    const allowed = functionsOf(/^- numbers:[\s\S]*?kin\. /m).filter((name) => name !== '');
    expect(allowed.length).toBeGreaterThan(20);
    expect(allowed.filter((name) => !ALLOWED_FUNCTIONS.has(name))).toEqual([]);
    const refused = functionsOf(/^Not allowed:[\s\S]*?\n\n/m);
    expect(refused).toContain('random');
    expect(refused.filter((name) => ALLOWED_FUNCTIONS.has(name))).toEqual([]);
  });

  it('says of every command how it is written and who may use it', () => {
    const who = { read: 'anyone', write: 'write access', owner: 'an owner' };
    const rows = section(specs, '## Commands').split('\n');
    for (const { name, needs } of ALL_COMMANDS) {
      const own = rows.filter((row) => new RegExp(`^\\| \`/${name}\\b`).test(row));
      expect(own.length, name).toBeGreaterThan(0);
      for (const row of own) expect(row.split('|').at(-2), name).toContain(who[needs]);
    }
    const documented = rows.flatMap((row) => /^\| `\/([a-z]+)/.exec(row)?.[1] ?? []);
    const names = new Set<string>(ALL_COMMANDS.map(({ name }) => name));
    expect(documented.filter((name) => !names.has(name))).toEqual([]);
  });
});

describe('docs/operations.md', () => {
  /** Every variable that is looked up for a configuration that is accepted. */
  function variablesRead(): string[] {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const required: Record<string, string> = {
      APP_ID: '1',
      PRIVATE_KEY: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
      WEBHOOK_SECRET: 'w'.repeat(32),
      SLUICE_SECRET: 's'.repeat(32),
    };
    const asked = new Set<string>();
    const get = (_: object, name: string | symbol) => {
      asked.add(String(name));
      return required[String(name)];
    };
    expect(readConfig(new Proxy({}, { get }), () => '')).not.toHaveProperty('problems');
    return [...asked];
  }
  const variables = variablesRead();

  it('has every variable of the configuration in its table, and no other', () => {
    const table = section(operations, '## Configuration');
    const documented = [...table.matchAll(/^\| `([A-Z_]+)`/gm)].map((match) => match[1]!);
    expect(documented.sort()).toEqual(variables.sort());
  });

  it('agrees with the README on their names', () => {
    const table = section(readme, '## Run the App');
    const named = table
      .split('\n')
      .filter((line) => line.startsWith('| '))
      .flatMap((line) => inlineCode(line.split('|')[1] ?? ''));
    expect(named.length).toBeGreaterThan(5);
    expect(named.filter((name) => !variables.includes(name))).toEqual([]);
  });

  it.each(['src/server/metrics.ts', 'src/serve/metrics.ts'])('has every metric of %s', (file) => {
    const names = [...read(file).matchAll(/name: '(sluice_\w+)'/g)].map((match) => match[1]!);
    expect(names.length).toBeGreaterThan(3);
    expect(names.filter((name) => !operations.includes(`\`${name}\``))).toEqual([]);
  });
});

describe('README.md', () => {
  it('lists the commands of the command line', () => {
    const main = path.join(root, 'src/cli/main.ts');
    const { stdout } = spawnSync(process.execPath, ['--import', 'tsx', main, '--help'], {
      cwd: root,
      encoding: 'utf8',
    });
    const listed = stdout.slice(stdout.indexOf('Commands:')).match(/^ {2}[a-z-]+/gm)!;
    const commands = listed.map((line) => line.trim()).filter((name) => name !== 'help');
    expect(commands).toContain('validate');
    const table = section(readme, '## Command line');
    expect([...table.matchAll(/^\| `([a-z-]+)`/gm)].map((match) => match[1]!).sort()).toEqual(commands.sort());
  });

  it('names every comment command', () => {
    const named = inlineCode(readme).flatMap((code) => /^\/([a-z]+)/.exec(code)?.[1] ?? []);
    expect(ALL_COMMANDS.map(({ name }) => name).filter((name) => !named.includes(name))).toEqual([]);
  });
});

describe('all documents', () => {
  const documents = [
    'README.md',
    'CONTRIBUTING.md',
    ...readdirSync(path.join(root, 'docs')).map((file) => `docs/${file}`),
  ];

  /** As GitHub makes anchors of headings. */
  const anchorsOf = (text: string): Set<string> =>
    new Set(
      [...text.replace(/^```[\s\S]*?^```/gm, '').matchAll(/^#{1,6} (.+)$/gm)].map((match) =>
        match[1]!
          .toLowerCase()
          .replace(/[^\p{L}\p{N} _-]/gu, '')
          .replaceAll(' ', '-'),
      ),
    );

  it.each(documents.filter((file) => file.endsWith('.md')))('%s links to what is there', (file) => {
    const links = [...read(file).matchAll(/\]\(([^)\s]+)\)/g)].map((match) => match[1]!);
    const broken = links
      .filter((link) => !/^[a-z]+:/.test(link))
      .filter((link) => {
        const [target = '', anchor] = link.split('#');
        const resolved = target === '' ? file : path.join(path.dirname(file), target);
        if (!existsSync(path.join(root, resolved))) return true;
        return anchor !== undefined && !anchorsOf(read(resolved)).has(anchor);
      });
    expect(broken).toEqual([]);
  });

  it('keeps the map short enough to be read', () => {
    expect(read('docs/architecture.md').trimEnd().split('\n').length).toBeLessThanOrEqual(100);
  });
});
