import path from 'node:path';
import { AppError } from '../../../domain/errors.ts';
import { servingFolder } from '../../../domain/rollout/serving-folder.ts';
import { isAllowedLocation, parseLocation } from '../../../domain/spec/location.ts';
import type { MonitorSource } from '../../../domain/spec/valid-monitor.ts';
import type { Span, Watched } from '../../../ports/drift-source.ts';
import { mappingOf, type RowMapping } from '../rows/source-rows.ts';
import type { FileFormat } from '../rows/transcode.ts';
import type { FileStore } from './file-store.ts';
import { type Glob, parseGlob } from './glob.ts';
import { createLocalStore } from './local-store.ts';
import { listDays, type SourceFile, type Walked, walk } from './walk.ts';

/** Files of one kind, found by a pattern. */
export type Files = {
  store: FileStore;
  glob: Glob;
  format: FileFormat;
  /** `window`: only what may reach into it. Files that the policy does not allow are refused. */
  list(window?: Span): Promise<Walked>;
  /** See listDays; only what is allowed. */
  days(): Promise<{ days: Span[]; undated: SourceFile[] }>;
  /** Rows lie in the folder of their day in UTC, without exception. */
  exact: boolean;
  /** Where files are made while others are read. */
  scratch: string;
};

export type LabelFiles = Files & { key: string; label: string; timestamp?: string; received?: string };

/** Where a monitor reads. */
export type Place = {
  files: Files;
  mapping: RowMapping;
  /** Columns without which a file is none of the log. */
  required: string[];
  labels?: LabelFiles;
  /** The folder of our own log. */
  folder?: string;
};

export type PlaceOptions = {
  servingRoot: string;
  observationsRoot: string;
  dataRoot: string;
  /** By bucket. */
  bucketStore(name: string): Promise<FileStore>;
  scratch: string;
};

const LOG_COLUMNS = ['id', 'at', 'received_at', 'version', 'prediction'];

export async function openPlace(watched: Watched, options: PlaceOptions): Promise<Place> {
  const { monitor, repository, allow } = watched;
  const { source } = monitor;
  if (source.kind === 'files') return openFiles(source, allow, options);
  const folder = path.resolve(
    source.kind === 'serving'
      ? servingFolder(options.servingRoot, repository, monitor.deployment)
      : servingFolder(options.observationsRoot, repository, monitor.name),
  );
  const store = createLocalStore(folder, '');
  const { scratch } = options;
  return {
    files: toFiles(store, 'log/dt=*/*.parquet', 'parquet', { scratch, exact: true }),
    mapping: mappingOf(source),
    required: LOG_COLUMNS,
    labels: {
      ...toFiles(store, 'labels/*.parquet', 'parquet', { scratch }),
      key: 'id',
      label: 'label',
      timestamp: 'at',
      received: 'received_at',
    },
    folder,
  };
}

async function openFiles(
  source: Extract<MonitorSource, { kind: 'files' }>,
  allow: string[],
  options: PlaceOptions,
): Promise<Place> {
  const { labels } = source;
  return {
    files: await openUri(source.uri, source.format, allow, options),
    mapping: mappingOf(source),
    required: [source.timestamp],
    ...(labels && {
      labels: {
        ...(await openUri(labels.uri, labels.format, allow, options)),
        key: labels.key,
        label: labels.label,
        ...(labels.timestamp !== undefined && { timestamp: labels.timestamp }),
      },
    }),
  };
}

async function openUri(uri: string, format: FileFormat, allow: string[], options: PlaceOptions): Promise<Files> {
  const location = parseLocation(uri);
  if ('trouble' in location) throw new AppError('config/data-not-allowed', `${uri} ${location.trouble}`);
  if (!isAllowedLocation(uri, allow)) {
    throw new AppError('config/data-not-allowed', `${uri} is not under any location that the policy allows`);
  }
  if (location.kind === 'repository') {
    throw new AppError(
      'config/data-not-allowed',
      `${uri} must begin with file: or s3://: production is not in the repository`,
    );
  }
  const how = { scratch: options.scratch, allow };
  if (location.kind === 'file') {
    const store = createLocalStore(options.dataRoot, 'file:', (path) => isAllowedLocation(`file:${path}`, allow));
    return toFiles(store, location.path, format, how);
  }
  return toFiles(await options.bucketStore(location.bucket), location.key, format, how);
}

type How = { scratch: string; allow?: string[]; exact?: boolean };

function toFiles(store: FileStore, pattern: string, format: FileFormat, how: How): Files {
  const { allow, exact = false, scratch } = how;
  const glob = parseGlob(pattern);
  // Expanded, a pattern may lead where its text does not; and a name may be none that could be written in a spec.
  const isAllowed = ({ uri }: { uri: string }) => allow === undefined || isAllowedLocation(uri, allow);
  return {
    store,
    glob,
    format,
    exact,
    scratch,
    async list(window) {
      const { files, refused } = await walk(store, glob, { exact, ...(window && { window }) });
      const strange = files.filter((file) => !isAllowed(file)).map(({ uri }) => ({ uri, reason: why(uri) }));
      return { files: files.filter(isAllowed), refused: [...refused, ...strange] };
    },
    async days() {
      const { days, undated } = await listDays(store, glob);
      return { days, undated: undated.filter(isAllowed) };
    },
  };
}

function why(uri: string): string {
  const location = parseLocation(uri);
  return 'trouble' in location ? `its name ${location.trouble}` : 'it is not under any location that the policy allows';
}
