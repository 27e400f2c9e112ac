/** Stands for an agent that was started ahead: idle-agent.mjs from the moment that it is told its work. */
let order = '';
for await (const piece of process.stdin.setEncoding('utf8')) order += piece;
if (order === '') process.exit(0);
const { name, serverUrl, token } = JSON.parse(order);
if (serverUrl === '' || token === '') throw new Error('an order without a server or a token');
process.env.SLUICE_JOB = name;
await import('./idle-agent.mjs');
