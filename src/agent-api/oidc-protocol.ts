/** POST token, with the run's identity token as bearer. */
export type TokenRequest = { job: string; attempt: number };

/** `attempt`: of the token; a later one than asked for when somebody ran the run again on GitHub. */
export type TokenAnswer = { token: string; job: string; attempt: number };
