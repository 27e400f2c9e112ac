/** What is kept of a monitor between two looks at it: windows, alert, issue, pull requests. */

import type { AlertState, ExternalAlert } from '../../domain/drift/alert.ts';
import type { OlderWindow } from '../../domain/drift/earlier-windows.ts';
import type { Verdict, WindowVerdict } from '../../domain/drift/verdict.ts';

export type WindowRecord = {
  from: number;
  to: number;
  rows: number;
  labelled: number;
  /** Rows that came after it was judged first. */
  late?: number;
  /** Files of the log that could not be read. */
  malformed: number;
  version: string;
  /** It has too few rows, and so has it with the windows before it: it waits for the next ones. */
  waits?: boolean;
  /** Windows before this one that are judged with it, since each has too few rows. */
  merged?: number;
  /** Digest of the KeptWindow, on the grids of `version`'s reference. */
  profile: string;
  /** Of the observation: a window whose stamp changed is read again. */
  stamp: string;
  /** When the stamp was looked at last, by the monitor's clock. */
  lookedAt: number;
  /** Of what it was judged by: a window that would be judged otherwise now is judged again. */
  settings: string;
  /** How often late rows or labels led to another judgement. */
  revised?: number;
  /** What it said before the last time. */
  before?: Verdict;
  verdict: WindowVerdict;
};

/** `profile`: digest of the KeptWindow. */
export type OlderRecord = OlderWindow & Pick<WindowRecord, 'profile'>;

export type MonitorIssue = {
  /** 0: about to be made, or made and not noted. */
  number: number;
  url: string;
  digest: string;
  open: boolean;
  /** Names the issue: its first alert's beginning. */
  since: number;
  /** How often it was opened. */
  opened: number;
  /** Findings that people were shown since it was opened: whoever closes it by hand knows them. */
  known?: string[];
  /** Those for which it is opened again after that, until a comment tells of them. */
  more?: string[] | undefined;
  /** When it was closed by the monitor's clock, and the end of the newest window then: an alert soon afterwards re-opens it. */
  closed?: ClosedIssue;
  /** It is about to be closed, or is closed already: whoever finds it closed on GitHub must not take that for a person's doing. */
  closing?: ClosedIssue | undefined;
};

type ClosedIssue = { at: number; until: number };

export type TroubleRecord = {
  kind: 'failing' | 'no-data';
  since: number;
  text: string;
  /** Looks in a row that failed, and when the last of them was. */
  times: number;
  at: number;
  /** It ended then; the same trouble soon afterwards is the same issue. */
  endedAt?: number;
  issue?: { number: number; url: string; digest: string; open: boolean };
};

/** What a pull request of a monitor is for: days, another file to pin, or both. */
export type AskedChoice = {
  span?: { from: string; to: string };
  file?: FileMove;
  /** Why the file stays that is pinned, though the window moves. */
  stays?: string;
};

/** `before.bytes`: known as long as the file is there. */
export type FileMove = {
  before: { uri: string; sha256: string; bytes?: number };
  after: { uri: string; sha256: string; bytes: number };
};

export type JobFallback = { since: number; runner: string; why: string };

/** Id: `owner/name/monitor`. */
export type MonitorRecord = {
  /** Since when there is something live to be watched, by the monitor's clock. */
  watchedSince?: number;
  nextFrom?: number;
  /** Newest last, at most 60. */
  windows: WindowRecord[];
  /** Earlier ones that wait to be judged together with these, as one. */
  carried?: WindowRecord;
  /** Those directly before `windows`: what these are compared with when they are judged again. Newest last, at most 60. */
  older?: OlderRecord[];
  /** The alert before the first of `windows`, and after the last. */
  folded: AlertState;
  alert: AlertState;
  /** Where late rows or labels were what turned the alert the last time: start of the newest of those windows. */
  turnedBy?: number;
  issue?: MonitorIssue;
  /** The monitor whose issue speaks for this one, as long as that is open. */
  speaker?: string;
  /** Nothing is opened or told until then, by the monitor's clock; the body goes on being true. */
  snoozed?: { until: number; by: string };
  /** Of the user's own Prometheus, as Alertmanager posted them; resolved ones for a while. */
  alerts?: ExternalAlert[];
  /** Since when the runner's jobs come to nothing, so that the server profiles its files itself; by the monitor's clock. */
  fallback?: JobFallback | undefined;
  /** The monitor cannot do its work, or there is nothing to watch: an issue of its own each. */
  troubles?: { [kind in TroubleRecord['kind']]?: TroubleRecord };
  /** Digests of references that are spans of production, by what they are made from; newest last. `span`: digest of the days, whatever the version. */
  references?: { of: string; span: string; digest: string }[];
  /** Transitions already told in a comment. */
  told: string[];
  /** Pull requests opened from the issue. */
  pulls: number[];
  /** By who asked: what was chosen then, since an interrupted request must not be made for something newer. */
  asked?: ({ id: string } & AskedChoice)[];
};
