/** How often something was said that is not so. */
export type Alarm = {
  /** What was asked, and of what. */
  what: string;
  runs: number;
  alarms: number;
  /** Share of alarms that is promised at most. */
  level: number;
};

/** How often something was found that is so. */
export type Power = { what: string; runs: number; found: number };

export const CONFIDENCE = 0.95;
/** A verdict of a gate is wrong in one direction. */
export const ONE_SIDED = (1 - CONFIDENCE) / 2;
