import { databaseTemplate } from './database.ts';

/** Before the first worker starts, so that none of them makes it. */
export async function setup(): Promise<void> {
  await databaseTemplate();
}
