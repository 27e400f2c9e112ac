/** The files of each change in the story, from the fixtures as a person would have written them. */
import { readFixture, type World } from './world.ts';

type Files = Record<string, string>;

export const RETRAIN_EPOCHS = 12;

const change = (name: string): Promise<Files> => readFixture(`flights-changes/${name}`);
const ofModel = (path: string): boolean => /^(models|deployments|monitors)\//.test(path);
const pick = (files: Files, wanted: (path: string) => boolean): Files =>
  Object.fromEntries(Object.entries(files).filter(([path]) => wanted(path)));

/** Policy and data. The dataset names the digest of the warehouse's file: the data are versioned, too. */
export async function firstFiles(world: World): Promise<Files> {
  const files = pick(await readFixture('flights'), (path) => !ofModel(path));
  const path = 'data/flights.yaml';
  const versioned = files[path]?.replace('format: parquet }', `format: parquet, sha256: ${world.warehouse.sha256} }`);
  if (!versioned || versioned === files[path])
    throw new Error(`fixtures/flights/${path} has no source to put a digest into`);
  return { ...files, [path]: versioned };
}

export const firstModelFiles = async (): Promise<Files> => pick(await readFixture('flights'), ofModel);
export const betterFiles = (): Promise<Files> => change('better-features');
export const brokenSpec = (): Promise<Files> => change('broken-spec');

/** What the mistake was made in, as it should be. */
export async function fixedSpec(): Promise<Files> {
  const broken = new Set(Object.keys(await brokenSpec()));
  return pick(await betterFiles(), (path) => broken.has(path));
}

export async function worseFiles(): Promise<{ title: string; body: string; files: Files }> {
  return {
    title: 'Keep the encoder small: fewer airports',
    body: 'The table of airports is most of the file; small airports hardly matter overall.',
    files: await change('fewer-airports'),
  };
}
