import type { TroubleIssueView } from '../drift-view.ts';
import { composeMarkdown } from '../report/compose-markdown.ts';
import { type Block, type Text, text } from '../report/document.ts';
import { spanWords, time } from './words.ts';

const LIMIT = 30_000;

/** The issue about the monitor itself: while it is open, silence is no good news. */
export function renderTroubleIssue(view: TroubleIssueView): { title: string; body: string } {
  const { monitor, kind, since } = view;
  const title =
    kind === 'failing'
      ? `${monitor.name}: the monitor cannot do its work, since ${time(since)}`
      : `${monitor.name}: no data arrives, since ${time(since)}`;
  const sections = [{ id: kind, title: '', priority: 1, blocks: view.over ? overBlocks(view) : blocksOf(view) }];
  return { title, body: composeMarkdown(sections, LIMIT, { pictures: new Map() }) };
}

function blocksOf({ monitor, kind, since, text: words }: TroubleIssueView): Block[] {
  const what =
    kind === 'failing' ? `cannot do its work since ${time(since)}.` : `has seen no rows since ${time(since)}.`;
  return [
    text('⚠️ The monitor ', { code: monitor.name }, ' of ', { code: monitor.deployment }, ' ', { strong: what }),
    text(
      kind === 'failing'
        ? 'Nothing is judged meanwhile: that there is no alert says nothing about the model.'
        : 'There is nothing to judge, which is not the same as all being well.',
    ),
    { kind: 'lines', what: 'line', lines: words.split(/\r?\n/).slice(0, 100) },
    {
      kind: 'list',
      what: 'way',
      items: kind === 'failing' ? failingAdvice(monitor.path) : noDataAdvice(sourceWords(monitor)),
    },
    text(
      `${again(kind, monitor)}, takes up where it stopped and closes this by itself. `,
      { code: '/snooze 7d' },
      ' keeps it quiet for a week.',
    ),
  ];
}

/** What fails is tried again between its times as well; see waitAfter of the flows. */
function again(kind: TroubleIssueView['kind'], { scheduleSeconds }: TroubleIssueView['monitor']): string {
  return kind === 'failing'
    ? 'It tries again after minutes at first, then less often, but every 6 hours at least'
    : `It looks again every ${spanWords(scheduleSeconds).replace(/^1 /, '')}`;
}

function failingAdvice(path: string): Text[] {
  return [
    ['What is wrong with the source is in the words above: the location, permissions, a file half written.'],
    ['What is to be read is declared in ', { code: path }, '.'],
  ];
}

function noDataAdvice(source: string): Text[] {
  return [
    ['Does the deployment answer requests at all, and is it meant to?'],
    [`Does what it answers arrive in the source (${source})?`],
    ['Are the times of the rows right? Rows of the future and rows without a time belong to no window.'],
  ];
}

function overBlocks({ monitor, since, kind }: TroubleIssueView): Block[] {
  const now = kind === 'failing' ? 'works again' : 'sees rows again';
  return [
    text('✅ ', { strong: 'Over.' }, ' The monitor ', { code: monitor.name }, ` ${now}; this began ${time(since)}.`),
  ];
}

function sourceWords({ source }: TroubleIssueView['monitor']): string {
  if (source.kind === 'files') return source.uri;
  return source.kind === 'serving' ? 'the log of the inference server' : 'what is posted to the monitor';
}
