import { parseArgs } from 'node:util';
import { startForge } from './start-forge.ts';

const usage = `Usage: tsx src/forge/main.ts --data DIR [--port 8200] [--webhook-url URL] [--webhook-secret SECRET]
                                [--runner LABEL,LABEL…]

Starts a GitHub with nothing in it but an owner, whose repository is owner/example. State is kept in DIR.
With --runner, workflows for those labels run here: as you, with what you may do on this machine.`;

const { values } = parseArgs({
  options: {
    data: { type: 'string' },
    port: { type: 'string', default: '8200' },
    'webhook-url': { type: 'string' },
    'webhook-secret': { type: 'string', default: 'local-forge-secret' },
    slug: { type: 'string', default: 'local-app' },
    runner: { type: 'string' },
    help: { type: 'boolean', short: 'h' },
  },
});

if (values.help || !values.data) {
  process.stdout.write(`${usage}\n`);
  process.exit(values.help ? 0 : 2);
}

const webhookUrl = values['webhook-url'];
const forge = await startForge({
  port: Number(values.port),
  dataDir: values.data,
  app: {
    slug: values.slug,
    webhookSecret: values['webhook-secret'],
    ...(webhookUrl ? { webhookUrl } : {}),
    permissions: {
      actions: 'write',
      checks: 'write',
      contents: 'write',
      pull_requests: 'write',
      issues: 'write',
      deployments: 'write',
      members: 'read',
    },
    events: [
      'pull_request',
      'issue_comment',
      'issues',
      'check_run',
      'check_suite',
      'push',
      'deployment',
      'deployment_status',
      'workflow_run',
      'workflow_job',
    ],
  },
});

if (values.runner) forge.registerRunner({ name: 'this-machine', labels: values.runner.split(',') });

if (forge.state.repositories.length === 0) {
  const token = forge.createUser('owner');
  await forge.createRepository({ owner: 'owner', name: 'example' });
  await forge.importFiles('owner/example', 'main', { 'README.md': '# example\n' }, 'Begin', 'owner');
  const installation = forge.installApp('owner', 'all');
  process.stdout.write(`token of owner: ${token}\ninstallation: ${installation}\n`);
}
process.stdout.write(`${forge.url}\n`);

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void forge.close().then(() => process.exit(0)));
}
