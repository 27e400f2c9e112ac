/** Stands for an agent in its container: shows the token that it was given, and waits to be ended. */
import { readFileSync } from 'node:fs';

const token = readFileSync(process.env.SLUICE_AGENT_TOKEN_FILE, 'utf8');
console.error(`started with ${token}; about to wait`);
setInterval(() => {}, 1000);
