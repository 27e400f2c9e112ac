/** `npm run actions`: writes the bundles that GitHub runs into actions/dist. */
import { fileURLToPath } from 'node:url';
import { bundleActions } from './bundle-actions.ts';

await bundleActions(fileURLToPath(new URL('dist', import.meta.url)));
