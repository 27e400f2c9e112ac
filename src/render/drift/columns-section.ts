import type { WindowVerdict } from '../../domain/drift/verdict.ts';
import { count, figure } from '../format.ts';
import { type Block, fold, type Table, type Text } from '../report/document.ts';
import {
  decisiveTest,
  isPrivate,
  type Judged,
  judgedOf,
  measureName,
  movedIn,
  nameSpan,
  percent,
  probabilityWords,
  signed,
  times,
} from './words.ts';

/** What moved in sight, what did not folded. Those that cost most come first where that is known. */
export function columnBlocks(
  verdict: WindowVerdict,
  privateColumns: ReadonlySet<string>,
  often?: (judged: Judged) => string,
): Block[] {
  const moved = movedIn(verdict);
  const still = judgedOf(verdict).filter((one) => !moved.some(({ finding }) => finding === one.finding));
  return [
    ...(moved.length > 0 ? [columnTable(moved, privateColumns, 'Columns that moved', often)] : []),
    ...(still.length > 0
      ? [
          fold(
            `${count(still.length)} ${still.length === 1 ? 'column' : 'columns'} that did not move`,
            columnTable(still, privateColumns, 'Columns that did not move'),
          ),
        ]
      : []),
  ];
}

/** `often`: in how many windows a column moved. */
export function columnTable(
  judged: Judged[],
  privateColumns: ReadonlySet<string>,
  caption: string,
  often?: (judged: Judged) => string,
): Table {
  const loss = judged.some(({ finding }) => finding.lossEffect !== undefined);
  const missing = judged.some(({ finding }) => finding.missing.reference > 0 || finding.missing.window > 0);
  const unseen = judged.some(({ finding }) => (finding.unseen ?? 0) > 0);
  const means = judged.some(({ finding }) => finding.explain?.meanWindow !== undefined);
  return {
    kind: 'table',
    caption,
    what: 'column',
    columns: [
      { name: 'Column', align: 'left' },
      ...(loss ? [{ name: 'Adds to the loss', align: 'right' as const }] : []),
      { name: 'Effect', align: 'right' },
      { name: 'Of what counts', align: 'right' },
      ...(often ? [{ name: 'Windows', align: 'right' as const }] : []),
      { name: 'p, adjusted', align: 'right' },
      ...(missing ? [{ name: 'Missing', align: 'right' as const }] : []),
      ...(unseen ? [{ name: 'Never seen before', align: 'right' as const }] : []),
      ...(means ? [{ name: 'Mean', align: 'right' as const }] : []),
      { name: 'W1 · PSI · JS', align: 'right' },
    ],
    rows: judged.map((one) => row(one, privateColumns, { loss, missing, unseen, means, often })),
  };
}

function row(
  judged: Judged,
  privateColumns: ReadonlySet<string>,
  has: {
    loss: boolean;
    missing: boolean;
    unseen: boolean;
    means: boolean;
    often: ((judged: Judged) => string) | undefined;
  },
): Text[] {
  const { finding } = judged;
  const { of, test } = decisiveTest(finding);
  const broken = finding.broken;
  return [
    [nameSpan(judged), finding.pattern === undefined ? '' : ` (${finding.pattern})`],
    ...(has.loss ? [{ figure: finding.lossEffect === undefined ? '' : signed(finding.lossEffect, 4) }] : []),
    broken === undefined
      ? { figure: `${of === 'missing' ? 'missing, ' : ''}${measureName(test)} ${test.effect.toFixed(3)}` }
      : { text: broken, limit: 120 },
    { figure: broken === undefined ? times(test.threshold > 0 ? test.effect / test.threshold : test.effect) : '' },
    ...(has.often ? [{ figure: has.often(judged) }] : []),
    { figure: broken === undefined ? probabilityWords(test.adjusted) : '' },
    ...(has.missing ? [{ figure: missingWords(finding.missing) }] : []),
    ...(has.unseen ? [{ figure: finding.unseen === undefined ? '' : percent(finding.unseen) }] : []),
    ...(has.means ? [{ figure: meanWords(judged, privateColumns) }] : []),
    { figure: explainWords(finding.explain) },
  ];
}

function missingWords({ reference, window }: { reference: number; window: number }): string {
  return reference === 0 && window === 0 ? '' : `${percent(reference)} → ${percent(window)}`;
}

function meanWords(judged: Judged, privateColumns: ReadonlySet<string>): string {
  const { meanReference, meanWindow } = judged.finding.explain ?? {};
  if (meanReference === undefined || meanWindow === undefined) return '';
  if (isPrivate(judged, privateColumns)) return 'private';
  return `${figure(meanReference)} → ${figure(meanWindow)}`;
}

function explainWords(explain: Judged['finding']['explain']): string {
  if (explain === undefined) return '';
  const { wasserstein, psi, jensenShannon } = explain;
  return `${wasserstein === undefined ? '–' : `${wasserstein.toFixed(2)} σ`} · ${psi.toFixed(2)} · ${jensenShannon.toFixed(2)}`;
}
