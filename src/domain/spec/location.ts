/** Where data lies, as written in a spec. */
export type Location =
  | { kind: 'repository'; path: string }
  | { kind: 'file'; path: string }
  | { kind: 's3'; bucket: string; key: string };

/** A path of the repository, `file:` below the data root, or `s3://bucket/key`; else why it is none of them. */
export function parseLocation(uri: string): Location | { trouble: string } {
  if (/[\\%#\s]/.test(uri)) return { trouble: 'must not hold spaces, \\, % or #' };
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  if (/[\u0000-\u001f\u007f]/.test(uri)) return { trouble: 'must not hold control characters' };
  const s3 = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])\/(.*)$/.exec(uri);
  if (s3) return segmentTrouble(s3[2]!) ?? { kind: 's3', bucket: s3[1]!, key: s3[2]! };
  const file = /^file:(.*)$/.exec(uri);
  if (file) return segmentTrouble(file[1]!) ?? { kind: 'file', path: file[1]! };
  if (!isInRepository(uri)) {
    return { trouble: 'must be a path of the repository, file:… below the data root, or s3://bucket/key' };
  }
  return segmentTrouble(uri) ?? { kind: 'repository', path: uri };
}

/** Whether a checkout is needed to read it. */
export function isInRepository(uri: string): boolean {
  return !/^[A-Za-z][A-Za-z0-9+.-]*:/.test(uri);
}

function segmentTrouble(path: string): { trouble: string } | undefined {
  if (path === '') return { trouble: 'must name a file' };
  if (path.startsWith('/')) return { trouble: 'must not be absolute' };
  const segments = path.split('/');
  if (segments.includes('..') || segments.includes('.')) return { trouble: 'must not hold . or .. segments' };
  if (segments.slice(0, -1).includes('')) return { trouble: 'must not hold empty segments' };
  return undefined;
}

/** Whether the location begins with one of the policy's prefixes, whole segments compared. */
export function isAllowedLocation(uri: string, allow: readonly string[]): boolean {
  return allowingPrefix(uri, allow) !== undefined;
}

/** The longest of the policy's prefixes that the location begins with. */
export function allowingPrefix(uri: string, allow: readonly string[]): string | undefined {
  if ('trouble' in parseLocation(uri)) return undefined;
  const [longest] = allow
    .filter((prefix) => uri === prefix || uri.startsWith(/[:/]$/.test(prefix) ? prefix : `${prefix}/`))
    .sort((a, b) => b.length - a.length);
  return longest;
}

/** What the name says of the format; undefined when it says nothing. */
export function formatOf(uri: string): 'parquet' | 'csv' | 'jsonl' | undefined {
  const match = /\.(parquet|csv|jsonl|ndjson)(?:\.gz)?$/.exec(uri);
  if (!match) return undefined;
  return match[1] === 'ndjson' ? 'jsonl' : (match[1] as 'parquet' | 'csv' | 'jsonl');
}
