import type { AskedChoice, MonitorRecord } from './monitor-record.ts';
import type { MonitorScene } from './scene.ts';

const KEPT = 20;

/**
 * What the first try of this request chose: an interrupted one must not be made for something newer. `holds`: whether what
 * was chosen is for what is declared by now; else it is chosen anew.
 */
export async function askedOnce<Choice extends AskedChoice>(
  { records, id }: MonitorScene,
  asked: string,
  choose: () => Promise<Choice>,
  holds: (choice: AskedChoice) => boolean = () => true,
): Promise<Choice> {
  const choiceOf = (record: MonitorRecord | undefined) => record?.asked?.find((one) => one.id === asked && holds(one));
  const known = choiceOf(await records.monitors.get(id));
  if (known) return known as AskedChoice as Choice;
  const choice = await choose();
  const saved = await records.monitors.update(id, (stored) =>
    !stored || choiceOf(stored)
      ? undefined
      : { ...stored, asked: [...others(stored, asked), { id: asked, ...choice }] },
  );
  return (choiceOf(saved) as AskedChoice as Choice | undefined) ?? choice;
}

function others({ asked: all = [] }: MonitorRecord, asked: string) {
  return all.filter(({ id }) => id !== asked).slice(1 - KEPT);
}
