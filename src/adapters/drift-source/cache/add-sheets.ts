import { emptyWindowProfile, mergeWindowProfiles } from '../../../domain/drift/merge-profiles.ts';
import type { PartitionWindow, ReferenceProfile, WindowProfile } from '../../../domain/drift/profile.ts';
import type { Collected } from './shelves.ts';

/** A window of a file without what it counted. */
export type SeenWindow = Omit<PartitionWindow, 'profile'> & { rows: number };

export type SheetSum = {
  add(sheet: Collected): void;
  /** Of all that was added. */
  readonly profile: WindowProfile;
  readonly found: Omit<Collected, 'windows'> & { windows: SeenWindow[] };
};

/** Adds up what sheet after sheet says of one span; of each no more is held than the sum. */
export function createSum(reference: ReferenceProfile): SheetSum {
  const members = new Map<string, Collected['members'][number]>();
  const malformed = new Map<string, Collected['malformed'][number]>();
  const windows: SeenWindow[] = [];
  let profile = emptyWindowProfile(reference);
  let timeless = 0;
  return {
    add(sheet) {
      profile = mergeWindowProfiles([profile, ...sheet.windows.map((window) => window.profile)]);
      windows.push(...sheet.windows.map(({ profile: { rows }, ...rest }) => ({ ...rest, rows })));
      // A file may reach into several sheets.
      for (const file of sheet.members) members.set(file.uri, file);
      for (const one of sheet.malformed) malformed.set(one.file, one);
      timeless += sheet.timeless;
    },
    get profile() {
      return profile;
    },
    get found() {
      return { windows, members: [...members.values()], malformed: [...malformed.values()], timeless };
    },
  };
}
