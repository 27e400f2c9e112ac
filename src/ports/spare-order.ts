/** The work of an agent that was started ahead: one line of JSON on its standard input. */
export type SpareOrder = {
  /** Of the attempt. */
  name: string;
  serverUrl: string;
  token: string;
};
