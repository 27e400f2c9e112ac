/**
 * Not for programs that an action starts: its own inputs, the files through which a step speaks to the runner (whoever
 * can write them sets variables and the PATH of later steps), and the tokens of caches and artifacts.
 */
const KEPT_BACK = /^(INPUT_.*|GITHUB_(ENV|PATH|OUTPUT|STATE|STEP_SUMMARY|TOKEN)|ACTIONS_(RUNTIME|RESULTS|CACHE)_.*)$/i;
const IDENTITY = /^ACTIONS_ID_TOKEN_/i;

type Env = Record<string, string | undefined>;

/** `identity`: whether the program may ask GitHub for a token that says who this job is. */
export function childEnv(env: Env, { identity }: { identity: boolean }): Env {
  return Object.fromEntries(
    Object.entries(env).filter(([name]) => !KEPT_BACK.test(name) && (identity || !IDENTITY.test(name))),
  );
}
