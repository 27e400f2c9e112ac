/** Production by the calendar: days go by, the upstream changes its unit, the monitor notices, retraining mends it. */
import { MODEL, MONITOR, needed, type Tale } from '../chapter.ts';
import { FAULT_DAY } from '../prepare-data.ts';
import { mergePull } from '../pull-actions.ts';
import { controlToken, type Flight, infer, openTraffic, sendLabels, type Traffic } from '../traffic.ts';
import { until } from '../until.ts';
import { NAME, OWNER } from '../world.ts';
import { visible } from './better-model.ts';
import { digestIn, failed, liveUrl } from './first-version.ts';

const REPO = { owner: OWNER, repo: NAME };
const DAY_MS = 86_400_000;
const ROWS_A_DAY = 1500;
const ROWS_A_REQUEST = 500;

export async function drift(tale: Tale): Promise<void> {
  const traffic = await openTraffic(tale.world.warehouse.file);
  try {
    await tell(tale, traffic);
  } finally {
    traffic.close();
  }
}

async function tell(tale: Tale, traffic: Traffic): Promise<void> {
  const { view, narrator } = tale;
  narrator.chapter('Production by the calendar, February 2001');
  let issue: number | undefined;
  let opened = '';
  let pull: number | undefined;

  await narrator.step(
    'quiet-days',
    '1 to 3 February: real flights are predicted, their truth arrives, the monitor is quiet',
    async (say) => {
      await replay(tale, traffic, '2001-02-01', '2001-02-03', say);
      const issues = await view.issues();
      if (issues.length > 0) throw new Error(`an issue is open already: ${issues[0]!.title}`);
      return shares(tale, 3);
    },
  );

  await narrator.step(
    'fault',
    `Injected fault: from ${FAULT_DAY} on the upstream sends the distance in kilometres; the monitor opens its issue`,
    async (say) => {
      await replay(tale, traffic, '2001-02-04', '2001-02-05', say);
      const found = await until('the drift issue', 45, async () =>
        (await view.issues()).find((one) => one.state === 'open'),
      );
      if (!/distance/.test(found.body ?? '')) throw new Error(`the issue does not name the distance:\n${found.body}`);
      issue = found.number;
      opened = found.body ?? '';
      const cause = /Probable cause:.*/.exec(opened.replaceAll('*', ''))?.[0];
      if (!cause?.includes('1.609')) throw new Error(`the issue does not see that a unit changed:\n${found.body}`);
      return `#${found.number} ${found.title}\n${cause}\n${found.html_url}`;
    },
  );

  await narrator.step('issue-edited', '6 to 19 February: the one issue is edited in place', async (say) => {
    await replay(tale, traffic, '2001-02-06', '2001-02-19', say);
    const number = needed(issue, 'the drift issue');
    const now = await until('the newest day in the issue', 45, async () => {
      const body = (await view.api.issues.get({ ...REPO, issue_number: number })).data.body ?? '';
      return body !== opened && body.includes('2001-02-19') ? body : undefined;
    });
    const all = await view.issues();
    if (all.length !== 1) throw new Error(`${all.length} issues instead of one`);
    const comments = await view.comments(number);
    return `#${number}: ${now.length} characters now, ${opened.length} when opened; ${comments.length} comment(s); one issue in all`;
  });

  await narrator.step(
    'retrain',
    '/retrain on the issue opens the pull request that moves the data window',
    async (say) => {
      const number = needed(issue, 'the drift issue');
      await view.say('owner', number, '/retrain');
      const found = await until('the pull request', 30, async () =>
        (await view.api.pulls.list({ ...REPO, state: 'open' })).data.find((one) =>
          one.head.ref.startsWith('sluice/retrain-'),
        ),
      );
      pull = found.number;
      if (!found.body?.includes(`#${number}`)) throw new Error('the pull request does not link back to the issue');
      say('reading its change');
      const files = (await view.api.pulls.listFiles({ ...REPO, pull_number: found.number })).data;
      const added = files.flatMap((file) => (file.patch ?? '').split('\n').filter((line) => /^[+-][^+-]/.test(line)));
      return `#${found.number} ${found.title} (${found.html_url})\n${added.join('\n')}`;
    },
  );

  await narrator.step(
    'retrained',
    'Trained on what production looks like now, evaluated, gated, approved, merged',
    async (say) => {
      const number = needed(pull, 'the pull request');
      const head = (await view.pull(number)).head.sha;
      const gate = await view.waitCheck(
        head,
        'sluice/gate',
        120,
        (run) => run.conclusion === 'action_required',
        say,
        failed,
      );
      const train = needed(await view.check(head, `sluice/train: ${MODEL}`), 'the training check');
      const evaluate = needed(await view.check(head, `sluice/evaluate: ${MODEL}`), 'the evaluation check');
      await view.say('owner', number, '/approve');
      await view.waitCheck(head, 'sluice/gate', 30, (run) => run.conclusion === 'success', say, failed);
      const merged = await mergePull(tale, number);
      const tag = `${MODEL}@v2.0.1`;
      const commit = await until(`the tag ${tag}`, 30, () => view.tagCommit(tag));
      if (commit !== merged) throw new Error(`${tag} points to ${commit}, not to the merge ${merged}`);
      tale.versions.push('2.0.1');
      tale.servingUrl = await liveUrl(tale, '2.0.1', say);
      return `${digestIn(train)}\n${evaluate.output.title}; ${gate.output.title}\n${tag} → ${commit}, live`;
    },
  );

  await narrator.step('recovered', '20 to 22 February: three good days, and the issue closes itself', async (say) => {
    await replay(tale, traffic, '2001-02-20', '2001-02-22', say);
    const number = needed(issue, 'the drift issue');
    const closed = await until('the issue to close', 45, async () => {
      const now = (await view.api.issues.get({ ...REPO, issue_number: number })).data;
      return now.state === 'closed' ? now : undefined;
    });
    const last = (await view.comments(number)).at(-1);
    return `#${number} ${closed.state}: ${visible(last?.body ?? '')}\n${last?.html_url ?? closed.html_url}`;
  });

  await narrator.step('what-it-found', `What ${MONITOR} saw, day by day`, async () => {
    const body =
      (await view.api.issues.get({ ...REPO, issue_number: needed(issue, 'the drift issue') })).data.body ?? '';
    const rows = body.split('\n').filter((line) => /^\|\s*2001-02-/.test(line));
    if (rows.length === 0) throw new Error('the issue has no table of days');
    return [shares(tale, 22), ...rows].join('\n');
  });
}

/** Sends the days' flights, then their truth; the calendar moves to the next midnight and the monitor looks. */
async function replay(
  tale: Tale,
  traffic: Traffic,
  from: string,
  to: string,
  say: (doing: string) => void,
): Promise<void> {
  const url = needed(tale.servingUrl, 'the address of the inference server');
  const token = await controlToken(tale.world.folder);
  for (let at = Date.parse(from); at <= Date.parse(to); at += DAY_MS) {
    const day = new Date(at).toISOString().slice(0, 10);
    const flights = await traffic.flightsOf(day, ROWS_A_DAY);
    say(`${day}: ${flights.length} flights`);
    for (let start = 0; start < flights.length; start += ROWS_A_REQUEST) {
      await infer(url, MODEL, flights.slice(start, start + ROWS_A_REQUEST));
    }
    await sendLabels(url, token, flights);
    tale.calendar.push({ day, rows: flights.length, late: lateShare(flights) });
    tale.world.calendar.now = at + DAY_MS;
    await tale.world.nudgeMonitor();
  }
}

const lateShare = (flights: Flight[]): number =>
  flights.filter((flight) => flight.late).length / Math.max(1, flights.length);

function shares(tale: Tale, days: number): string {
  return `share of late flights: ${tale.calendar
    .slice(-days)
    .map(({ day, late }) => `${day.slice(5)} ${late.toFixed(2)}`)
    .join(', ')}`;
}
