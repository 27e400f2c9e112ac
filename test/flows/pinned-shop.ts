import { smallShop } from './story.ts';

export const DATASET = 'data/bought.yaml';

/** Specs in which the dataset pins one file; without `window` it has none. */
export function pinnedShop(uri: string, sha256: string, window = false): Record<string, string> {
  const files = smallShop();
  const pinned = files[DATASET]!.replace(
    'source: { uri: data/visits.csv, format: csv }',
    `source:\n  uri: ${uri} # made nightly\n  format: csv\n  sha256: "${sha256}"`,
  );
  const unbounded = pinned
    .replace(/^window: .*\n/m, '')
    .replace(/"visited < [^"]*"/, '"age < 60"')
    .replace(/"visited >= [^"]*"/, '"age >= 60"');
  const policy = files['sluice.yaml']!.replace('allow: ["data/"]', 'allow: ["data/", "file:visits/", "s3://shop/"]');
  return { [DATASET]: window ? pinned : unbounded, 'sluice.yaml': policy };
}
