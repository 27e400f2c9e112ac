import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { csvScan } from '../../../src/adapters/dataset/csv-scan.ts';
import { DEFAULT_LIMITS, type Session, withSession } from '../../../src/adapters/dataset/duckdb-session.ts';

const rows = (row: (index: number) => string, late: string) =>
  `a,b,c\n${Array.from({ length: 30_000 }, (_, index) => (index === 25_000 ? late : row(index))).join('\n')}\n`;

/** Each is read as DuckDB's read_csv reads it when it has to find out everything by itself. */
const FILES: Record<string, string> = {
  plain: 'a,b\n1,2\n3,4\n',
  'spaces and colons': 'a b,c d\n1 2,3:4\n5 6,7:8\n',
  'spaces around values': 'a, b ,c\n 1,2 , 3\n',
  'no last line break': 'a,b\n1,2\n3,4',
  'empty values': 'a,b,c\n,,\n1,,x\n',
  'text above ASCII': 'ä,b\n1,日本\n2,é\n',
  times: 'a,b\n2024-01-01 10:00:00,12:30:00\n2024-01-02 11:00:00,13:30:00\n',
  'some thousands of rows': rows((index) => `${index},${index / 7},word ${index % 5}`, '1,2,3'),
  semicolons: 'a;b\n1,5;2\n2,5;3\n',
  tabs: 'a\tb\n1\tx\n2\ty\n',
  pipes: 'a|b\n1|2\n',
  quotes: '"a","b c"\n1,"x, y"\n2,"say ""hi"""\n',
  'single quotes': "a,b\n1,'x, y'\n2,'z'\n",
  'backslashes before quotes': 'a,b\n"x\\"y",1\n"z",2\n',
  'carriage returns': 'a,b\r\n1,2\r\n3,4\r\n',
  'a byte order mark': '\ufeffa,b\n1,2\n',
  'names with quotes in them': `"it's","b""q",c d,ä\n1,2,3,4\n5,6,7,8\n`,
  'a name that would end its text': `"x': 'INT'}) --",b\n1,2\n`,
  'days first': 'd,e,f\n31/12/2024,2024-01-01 10:00,12:30\n30/11/2024,2024-02-01 11:00,13:30\n',
  'months first': 'd\n12/31/2024\n11/30/2024\n',
  zones: 'a\n2024-01-01T00:00:00Z\n2024-01-02T00:00:00+02:00\n',
  booleans: 'a,b\ntrue,1\nfalse,\n',
  'a header alone': 'a,b\n',
  'one column': 'a\n1\n2\n',
  nothing: '',
  'empty lines': 'a,b\n1,2\n\n3,4\n',
  comments: 'a,b\n#x\n1,2\n',
  'several types in a column': 'a,b\n1,x\ny,2\n',
  'a title': 'title\na,b\n1,2\n3,4\n',
  'the same name twice': 'a,a,b\n1,2,3\n',
  'no name': 'a,,c\n1,2,3\n',
  'a line break in quotes': 'a,b\n1,"x\ny"\n2,z\n',
  'large numbers': 'a,b\n12345678901234567890,1\n',
  'quotes behind the sample': rows((index) => `${index},x,y`, '1,"x, y",z'),
  'another type behind the sample': rows((index) => `${index},1,2`, '1,foo,2'),
  'too few values behind the sample': rows((index) => `${index},1,2`, '1,2'),
};

describe('a CSV file is read as DuckDB reads it by itself:', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'sluice-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  async function read(session: Session, scan: string): Promise<unknown> {
    try {
      return [
        await session.query(`DESCRIBE SELECT * FROM ${scan}`, 'describing'),
        await session.query(
          `SELECT count(*), md5(string_agg(x::VARCHAR, '|')) FROM (SELECT * FROM ${scan}) AS x`,
          'reading',
        ),
      ];
    } catch (error) {
      return (error as Error).message;
    }
  }

  test.each(Object.keys(FILES))('%s', async (name) => {
    const file = path.join(folder, `${Object.keys(FILES).indexOf(name)}.csv`);
    await writeFile(file, FILES[name]!);
    await withSession([file], DEFAULT_LIMITS, async (session) => {
      const byItself = `read_csv('${file}', header = true, hive_partitioning = false)`;
      expect(await read(session, await csvScan(session, file))).toEqual(await read(session, byItself));
    });
  });

  test('a plain one is looked through once, and not for every query', async () => {
    const file = path.join(folder, 'once.csv');
    await writeFile(file, FILES.plain!);
    await withSession([file], DEFAULT_LIMITS, async (session) => {
      expect(await csvScan(session, file)).toMatch(/auto_detect=false.*columns=/);
    });
  });
});
