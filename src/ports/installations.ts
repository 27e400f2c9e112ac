/** A repository that the app is installed on. */
export type InstalledRepository = {
  /** `owner/name`. */
  repository: string;
  installationId: number;
  defaultBranch: string;
};

/** All that the app can reach now, asked of GitHub: what a missed `installation` event would have told. */
export type Installations = { list(): Promise<InstalledRepository[]> };
