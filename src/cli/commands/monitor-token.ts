import { AppError } from '../../domain/errors.ts';
import { createMonitorTokens, isMonitorIdentity, MAX_EPOCH } from '../../domain/monitor/monitor-token.ts';
import type { CommandResult } from './command-result.ts';

export type MonitorTokenOptions = {
  repository: string;
  monitor: string;
  /** Of SLUICE_SECRET. */
  secret: string | undefined;
  epoch?: number;
};

/** `sluice monitor token`: what whoever posts about production proves with which monitor they may post to. */
export function monitorTokenCommand({ repository, monitor, secret, epoch = 1 }: MonitorTokenOptions): CommandResult {
  if (!secret) {
    throw new AppError(
      'config/environment',
      'SLUICE_SECRET is not set: tokens are signed with the secret of the server',
    );
  }
  if (!isMonitorIdentity({ repository, monitor })) {
    throw new AppError(
      'config/invalid-input',
      `--repository owner/name and --monitor name, not ${repository} ${monitor}`,
    );
  }
  if (!Number.isInteger(epoch) || epoch < 1 || epoch > MAX_EPOCH) {
    throw new AppError('config/invalid-input', `--epoch is a number from 1 to ${MAX_EPOCH}`);
  }
  const token = createMonitorTokens(secret).issue({ repository, monitor }, epoch);
  return { exitCode: 0, text: token, json: { repository, monitor, epoch, token } };
}
