import path from 'node:path';
import type { JobLimits } from '../domain/jobs/may-start.ts';
import { parseTokenEpochs, type TokenEpochs } from '../domain/monitor/token-epochs.ts';
import { isLoopback } from '../web/loopback.ts';
import { readPrivateKey } from './private-key.ts';

export type Config = {
  appId: number;
  /** PEM. */
  privateKey: string;
  webhookSecret: string;
  /** Signs the tokens of agents and monitors. */
  agentSecret: string;
  /** Which tokens of monitors count; raised to take back those that were given out. */
  monitorTokenEpochs: TokenEpochs;
  /** Address under which GitHub, people and agents reach us, without a slash at the end; undefined: where we listen. */
  publicUrl: string | undefined;
  /** GitHub's REST address, `https://api.github.com` or `<protocol>://<host>/api/v3`. */
  apiUrl: string;
  /** Pace requests and repeat failed reads as GitHub asks of apps; servers without rate limits need neither. */
  throttle: boolean;
  stateFolder: string;
  /** Folder that relative locations of datasets are under. */
  dataRoot: string;
  /** Postgres; undefined: PGlite in the state folder. */
  databaseUrl: string | undefined;
  port: number;
  host: string;
  logLevel: LogLevel;
  /** Who may open reports of evaluations and predictions, which show private data; absent: nobody. */
  reports?: 'everyone' | 'loopback';
  /** Agents on this machine at once, and jobs of one repository at once on all runners. */
  jobLimits: JobLimits;
  /** How long observations that were posted are kept, of those that no monitor needs. */
  observationDays: number;
  /** Keep one local agent ready, so that a job does not wait for a program to load; it costs its memory. */
  spareAgent: boolean;
  /** Without it policies cannot use Kubernetes: their jobs run in these namespaces only. */
  kubernetes?: { namespaces: string[]; agentImage: string };
  /** Without it policies cannot use Ray: dashboards that may be called, without a slash at the end. */
  ray?: { addresses: string[]; token?: string };
};

export const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

/** What is wrong with one variable and how to get it right. */
export type ConfigProblem = { variable: string; problem: string; fix: string };

type Env = Record<string, string | undefined>;

const shortestSecret = 16;
/** Of posted observations. */
const fewestDays = 30;
const generate = 'Make one with: openssl rand -hex 32';

const secretProblem = (value: string, variable: string, fix: string): ConfigProblem[] => {
  if (value === '') return [{ variable, problem: 'is not set', fix }];
  if (value === 'development') return [{ variable, problem: 'is the well-known default "development"', fix }];
  if (value.length < shortestSecret) {
    return [{ variable, problem: `is shorter than ${shortestSecret} characters`, fix }];
  }
  return [];
};

const urlProblem = (value: string, variable: string): ConfigProblem[] => {
  if (value === '' || /^https?:\/\/[^\s/]+(\/\S*)?$/.test(value)) return [];
  return [{ variable, problem: `is no http(s) address: ${value}`, fix: 'Example: https://sluice.example.com' }];
};

const countProblem = (value: string, variable: string): ConfigProblem[] =>
  /^[1-9]\d{0,3}$/.test(value) ? [] : [{ variable, problem: `is ${value}`, fix: 'A number from 1 to 9999' }];

const daysProblem = (value: string, variable: string): ConfigProblem[] =>
  /^[1-9]\d{0,3}$/.test(value) && Number(value) >= fewestDays
    ? []
    : [
        {
          variable,
          problem: `is ${value}`,
          fix: `A number from ${fewestDays} to 9999: a pull request of /accept names days that have to be there when it is merged`,
        },
      ];

const hostOf = (address: string): string => (URL.canParse(address) ? new URL(address).hostname : '');

/** Behind a proxy everybody comes from this machine: an address of elsewhere means that there is one. */
const reportsFor = (value: string, host: string, publicUrl: string): { reports?: 'everyone' | 'loopback' } => {
  if (value !== '') return value === 'on' ? { reports: 'everyone' } : {};
  const isHere = isLoopback(host) && (publicUrl === '' || isLoopback(hostOf(publicUrl)));
  return isHere ? { reports: 'loopback' } : {};
};

const listOf = (value: string): string[] => value.split(/[\s,]+/).filter((word) => word !== '');

const kubernetesProblems = (namespaces: string[], image: string): ConfigProblem[] => [
  ...namespaces
    .filter((name) => !/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(name))
    .map((name) => ({
      variable: 'SLUICE_KUBERNETES_NAMESPACES',
      problem: `has ${name}, which is no name of a namespace`,
      fix: 'Names with commas between them: ml,research',
    })),
  ...(namespaces.length === 0 || /^\S+@sha256:[0-9a-f]{64}$/.test(image)
    ? []
    : [
        {
          variable: 'SLUICE_AGENT_IMAGE',
          problem: image === '' ? 'is not set, and SLUICE_KUBERNETES_NAMESPACES is' : 'is no image with its digest',
          fix: "Sluice's own image as your cluster pulls it: registry/name@sha256:…",
        },
      ]),
];

const oneOf = (value: string, variable: string, allowed: readonly string[]): ConfigProblem[] =>
  value === '' || allowed.includes(value)
    ? []
    : [{ variable, problem: `is ${value}`, fix: `One of: ${allowed.join(', ')}` }];

/** `readText`: how PRIVATE_KEY_PATH is read. All problems at once, so that one attempt shows everything to be done. */
export function readConfig(env: Env, readText: (file: string) => string): Config | { problems: ConfigProblem[] } {
  const read = (variable: string, otherwise = ''): string => env[variable]?.trim() || otherwise;
  const appId = Number(read('APP_ID'));
  const port = Number(read('PORT', '3000'));
  const logLevel = read('LOG_LEVEL', 'info');
  const protocol = read('GHE_PROTOCOL', 'https');
  const gheHost = read('GHE_HOST');
  const key = readPrivateKey(env, readText);
  const namespaces = listOf(read('SLUICE_KUBERNETES_NAMESPACES'));
  const agentImage = read('SLUICE_AGENT_IMAGE');
  const addresses = listOf(read('SLUICE_RAY_ADDRESSES')).map((address) => address.replace(/\/+$/, ''));
  const rayToken = read('SLUICE_RAY_TOKEN');
  const epochs = parseTokenEpochs(read('SLUICE_MONITOR_TOKEN_EPOCHS'));
  const problems: ConfigProblem[] = [
    ...(Number.isInteger(appId) && appId > 0
      ? []
      : [{ variable: 'APP_ID', problem: 'is not a number', fix: 'It stands on the settings page of your GitHub App' }]),
    ...('problem' in key ? [key] : []),
    ...secretProblem(
      read('WEBHOOK_SECRET'),
      'WEBHOOK_SECRET',
      `${generate}; enter the same on the settings page of your GitHub App`,
    ),
    ...secretProblem(read('SLUICE_SECRET'), 'SLUICE_SECRET', `${generate}; keep it over restarts`),
    ...urlProblem(read('SLUICE_URL'), 'SLUICE_URL'),
    ...(Number.isInteger(port) && port >= 0 && port < 65_536
      ? []
      : [{ variable: 'PORT', problem: `is ${read('PORT')}`, fix: 'A number from 0 (any free port) to 65535' }]),
    ...oneOf(protocol, 'GHE_PROTOCOL', ['http', 'https']),
    ...(/^[^\s/]*$/.test(gheHost)
      ? []
      : [{ variable: 'GHE_HOST', problem: `is ${gheHost}`, fix: 'The host alone, such as github.example.com' }]),
    ...oneOf(logLevel, 'LOG_LEVEL', logLevels),
    ...oneOf(read('SLUICE_THROTTLE'), 'SLUICE_THROTTLE', ['on', 'off']),
    ...oneOf(read('SLUICE_REPORTS'), 'SLUICE_REPORTS', ['on', 'off']),
    ...oneOf(read('SLUICE_SPARE_AGENT'), 'SLUICE_SPARE_AGENT', ['on', 'off']),
    ...('wrong' in epochs
      ? [
          {
            variable: 'SLUICE_MONITOR_TOKEN_EPOCHS',
            problem: `has ${epochs.wrong}`,
            fix: 'A number from 1, or owner/name/monitor=number, with commas between them',
          },
        ]
      : []),
    ...countProblem(read('SLUICE_LOCAL_JOBS', '1'), 'SLUICE_LOCAL_JOBS'),
    ...countProblem(read('SLUICE_REPOSITORY_JOBS', '50'), 'SLUICE_REPOSITORY_JOBS'),
    ...daysProblem(read('SLUICE_OBSERVATION_DAYS', '400'), 'SLUICE_OBSERVATION_DAYS'),
    ...kubernetesProblems(namespaces, agentImage),
    ...addresses.flatMap((address) => urlProblem(address, 'SLUICE_RAY_ADDRESSES')),
  ];
  if (problems.length > 0 || 'problem' in key || 'wrong' in epochs) return { problems };
  const stateFolder = path.resolve(read('SLUICE_STATE', '.sluice'));
  return {
    appId,
    privateKey: key.pem,
    webhookSecret: read('WEBHOOK_SECRET'),
    agentSecret: read('SLUICE_SECRET'),
    monitorTokenEpochs: epochs,
    publicUrl: read('SLUICE_URL').replace(/\/+$/, '') || undefined,
    apiUrl: gheHost ? `${protocol}://${gheHost}/api/v3` : 'https://api.github.com',
    throttle: read('SLUICE_THROTTLE', 'on') === 'on',
    stateFolder,
    dataRoot: path.resolve(read('SLUICE_DATA_ROOT', path.join(stateFolder, 'data'))),
    databaseUrl: read('DATABASE_URL') || undefined,
    port,
    host: read('HOST', '127.0.0.1'),
    logLevel: logLevel as LogLevel,
    ...reportsFor(read('SLUICE_REPORTS'), read('HOST', '127.0.0.1'), read('SLUICE_URL')),
    spareAgent: read('SLUICE_SPARE_AGENT', 'off') === 'on',
    jobLimits: {
      local: Number(read('SLUICE_LOCAL_JOBS', '1')),
      perRepository: Number(read('SLUICE_REPOSITORY_JOBS', '50')),
    },
    observationDays: Number(read('SLUICE_OBSERVATION_DAYS', '400')),
    ...(namespaces.length > 0 && { kubernetes: { namespaces, agentImage } }),
    ...(addresses.length > 0 && { ray: { addresses, ...(rayToken && { token: rayToken }) } }),
  };
}
