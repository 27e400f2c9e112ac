import { createWriteStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { AppError } from '../../../domain/errors.ts';

/** As much of an object store as a source needs. `etag` without quotes. */
export type Bucket = {
  /** One level below the prefix, all pages of it. */
  list(prefix: string): Promise<{ prefixes: string[]; objects: StoredObject[] }>;
  /** Writes the object to a file. AppError conflict/stale when it has another etag by now. */
  get(object: StoredObject, file: string): Promise<void>;
};

export type StoredObject = { key: string; etag: string; bytes: number; modifiedAt: number };

export type S3Options = {
  /** Default: AWS_ENDPOINT_URL_S3 or AWS_ENDPOINT_URL, else Amazon's; addressed by paths. */
  endpoint?: string;
  /** Default: AWS_REGION, else us-east-1. */
  region?: string;
  /** Tries of one request, the first one included. */
  attempts?: number;
};

const CONNECT_MS = 5000;
const IDLE_MS = 60_000;

/**
 * Credentials come from the environment, the shared files or the instance of this process, as every AWS tool finds them;
 * nothing that a user of Sluice writes reaches them, or the endpoint.
 */
export async function createS3Buckets(options: S3Options = {}): Promise<(name: string) => Bucket> {
  // Loaded when a source needs it: it is large, and most installations read folders.
  const sdk = await import('@aws-sdk/client-s3');
  const attempts = options.attempts ?? 4;
  const endpoint = options.endpoint ?? process.env.AWS_ENDPOINT_URL_S3 ?? process.env.AWS_ENDPOINT_URL;
  const client = new sdk.S3Client({
    region: options.region ?? process.env.AWS_REGION ?? process.env.AWS_DEFAULT_REGION ?? 'us-east-1',
    maxAttempts: attempts,
    requestHandler: { connectionTimeout: CONNECT_MS, requestTimeout: IDLE_MS, socketTimeout: IDLE_MS },
    ...(endpoint !== undefined && { endpoint, forcePathStyle: true }),
  });
  const commands = { list: sdk.ListObjectsV2Command, get: sdk.GetObjectCommand };
  return (name) => createBucket(client, commands, name, attempts);
}

type Commands = { list: typeof ListObjectsV2Command; get: typeof GetObjectCommand };

function createBucket(client: S3Client, commands: Commands, bucket: string, attempts: number): Bucket {
  return {
    async list(prefix) {
      const prefixes: string[] = [];
      const objects: StoredObject[] = [];
      let token: string | undefined;
      do {
        const page = await client
          .send(
            new commands.list({
              Bucket: bucket,
              Prefix: prefix,
              Delimiter: '/',
              ...(token && { ContinuationToken: token }),
            }),
          )
          .catch((cause) => {
            throw explain(cause, `Listing s3://${bucket}/${prefix}`);
          });
        for (const { Prefix } of page.CommonPrefixes ?? []) if (Prefix !== undefined) prefixes.push(Prefix);
        for (const { Key, ETag, Size, LastModified } of page.Contents ?? []) {
          if (Key === undefined) continue;
          const etag = (ETag ?? '').replaceAll('"', '');
          objects.push({ key: Key, etag, bytes: Size ?? 0, modifiedAt: LastModified?.getTime() ?? 0 });
        }
        token = page.IsTruncated ? page.NextContinuationToken : undefined;
      } while (token !== undefined);
      return { prefixes, objects };
    },
    async get(object, file) {
      const what = `Reading s3://${bucket}/${object.key}`;
      for (let tries = 1; ; tries++) {
        // Where the object has a checksum, the client compares what arrives with it.
        const about = {
          Bucket: bucket,
          Key: object.key,
          IfMatch: `"${object.etag}"`,
          ChecksumMode: 'ENABLED',
        } as const;
        const answer = await client.send(new commands.get(about)).catch((cause) => {
          throw explain(cause, what);
        });
        try {
          return await receive(answer.Body as Readable, object, file, what);
        } catch (cause) {
          // The client repeats requests, but not what breaks off in the middle of an answer.
          if (tries >= attempts || (cause instanceof AppError && cause.family === 'conflict'))
            throw explain(cause, what);
        }
      }
    },
  };
}

/** Not one byte more or less than was listed. */
async function receive(body: Readable, object: StoredObject, file: string, what: string): Promise<void> {
  let bytes = 0;
  async function* counted(source: AsyncIterable<Buffer>) {
    for await (const chunk of source) {
      bytes += chunk.length;
      if (bytes > object.bytes) throw new AppError('conflict/stale', `${what}: it is longer than was listed`);
      yield chunk;
    }
  }
  await pipeline(body, counted, createWriteStream(file, { mode: 0o600 }));
  if (bytes !== object.bytes) throw new AppError('external/data', `${what}: ${bytes} of ${object.bytes} bytes came`);
}

type AwsError = { name?: string; message?: string; $metadata?: { httpStatusCode?: number } };

function explain(cause: unknown, what: string): AppError {
  if (cause instanceof AppError) return cause;
  const { name = '', message = '', $metadata } = cause as AwsError;
  const status = $metadata?.httpStatusCode;
  if (name === 'CredentialsProviderError') {
    return new AppError('config/environment', `${what}: this process has no AWS credentials`, { cause });
  }
  if (status === 401 || status === 403) {
    return new AppError(
      'permission/forbidden',
      `${what}: the AWS credentials of this process are refused (${name || status})`,
      { cause },
    );
  }
  if (name === 'NoSuchBucket')
    return new AppError('config/data-invalid', `${what}: there is no such bucket`, { cause });
  if (status === 412 || status === 404) return new AppError('conflict/stale', `${what}: it changed or went`, { cause });
  return new AppError('external/data', `${what}: ${name || message || 'no answer'}`, { cause });
}
