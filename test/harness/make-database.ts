/** Makes an empty store in the folder argv[2]. */
import { createPgliteStore } from '../../src/adapters/store/pglite.ts';

await (await createPgliteStore({ folder: process.argv[2]! })).close();
