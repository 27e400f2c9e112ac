/** One thing that Sluice needs. `fix`: what to do about it, where it is not ok. */
export type Finding = { check: string; ok: boolean; detail: string; fix?: string };
