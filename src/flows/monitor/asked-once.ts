import type { AskedChoice, MonitorRecord } from './monitor-record.ts';
import type { MonitorScene } from './scene.ts';

const KEPT = 20;

/** What the first try of this request chose: an interrupted one must not be made for something newer. */
export async function askedOnce<Choice extends AskedChoice>(
  { records, id }: MonitorScene,
  asked: string,
  choose: () => Promise<Choice>,
): Promise<Choice> {
  const known = choiceOf(await records.monitors.get(id), asked);
  if (known) return known as Choice;
  const choice = await choose();
  const saved = await records.monitors.update(id, (stored) =>
    !stored || choiceOf(stored, asked)
      ? undefined
      : { ...stored, asked: [...(stored.asked ?? []), { id: asked, ...choice }].slice(-KEPT) },
  );
  return (choiceOf(saved, asked) as Choice | undefined) ?? choice;
}

function choiceOf(record: MonitorRecord | undefined, asked: string): AskedChoice | undefined {
  return record?.asked?.find((one) => one.id === asked);
}
