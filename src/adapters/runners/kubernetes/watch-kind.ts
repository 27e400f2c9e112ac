import { type KubeConfig, type KubernetesListObject, type KubernetesObject, ListWatch } from '@kubernetes/client-node';
import { patientWatch } from './patient-watch.ts';

export type Watched<Kind extends KubernetesObject> = {
  /** Undefined: not known here (yet); asking the API server settles it. */
  get(name: string): Kind | undefined;
  list(): Kind[];
  /** What is here is what the server has, but for the moment that a change travels. */
  inStep(): boolean;
  stop(): Promise<void>;
};

type Options<Kind extends KubernetesObject> = {
  kubeConfig: KubeConfig;
  /** Of the collection. */
  path: string;
  namespace: string;
  selector: string;
  list(): Promise<KubernetesListObject<Kind>>;
  onChange(object: Kind, change: 'there' | 'deleted'): void;
  onTrouble(error: unknown): void;
};

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;

/** Follows one kind of objects of one namespace through any number of lost connections. */
export async function watchKind<Kind extends KubernetesObject>(options: Options<Kind>): Promise<Watched<Kind>> {
  const { kubeConfig, path, namespace, selector } = options;
  const informer = new ListWatch<Kind>(path, patientWatch(kubeConfig), options.list, false, selector);
  let inStep = false;
  let stopped = false;
  let pause = FIRST_PAUSE_MS;
  let again: NodeJS.Timeout | undefined;

  async function start(): Promise<void> {
    inStep = true;
    await informer.start();
    if (inStep) pause = FIRST_PAUSE_MS;
  }
  for (const verb of ['add', 'update'] as const) informer.on(verb, (object) => options.onChange(object, 'there'));
  informer.on('delete', (object) => options.onChange(object, 'deleted'));
  informer.on('error', (error) => {
    inStep = false;
    if (stopped || again) return;
    options.onTrouble(error);
    again = setTimeout(() => {
      again = undefined;
      void start();
    }, pause);
    again.unref();
    pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
  });
  await start();
  return {
    get: (name) => informer.get(name, namespace),
    list: () => [...informer.list(namespace)],
    inStep: () => inStep,
    async stop() {
      stopped = true;
      clearTimeout(again);
      await informer.stop();
    },
  };
}
