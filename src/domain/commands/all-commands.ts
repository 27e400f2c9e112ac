import { accept } from './accept.ts';
import { approve } from './approve.ts';
import { cancel } from './cancel.ts';
import type { Grammar } from './command.ts';
import { evaluate } from './evaluate.ts';
import { explain } from './explain.ts';
import { help } from './help.ts';
import { hold } from './hold.ts';
import { plan } from './plan.ts';
import { retrain } from './retrain.ts';
import { rollback } from './rollback.ts';
import { snooze } from './snooze.ts';
import { unapprove } from './unapprove.ts';
import { unhold } from './unhold.ts';
import { unsnooze } from './unsnooze.ts';
import { unwaive } from './unwaive.ts';
import { waive } from './waive.ts';

/** Every command there is, in the order of the help. */
export const ALL_COMMANDS: readonly Grammar[] = [
  plan,
  retrain,
  evaluate,
  approve,
  unapprove,
  waive,
  unwaive,
  explain,
  hold,
  unhold,
  cancel,
  rollback,
  snooze,
  unsnooze,
  accept,
  help,
];
