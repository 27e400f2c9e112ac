import type { Probot } from 'probot';
import type { Clock } from './ports/clock.ts';
import type { Inbox } from './ports/store.ts';

export type AppDeps = {
  inbox: Pick<Inbox, 'receive'>;
  clock: Clock;
  /** Told of every delivery that was stored. */
  onReceived(event: string, result: 'new' | 'known'): void;
};

/**
 * The Probot application: every verified delivery is stored before GitHub gets its answer, and nothing else happens here.
 * When it cannot be stored GitHub must hear so, because only then it shows up among the failed deliveries.
 */
export default function createApp({ inbox, clock, onReceived }: AppDeps): (app: Probot) => void {
  return (app) => {
    app.onAny(async (context) => {
      const { id: guid, name: event, payload } = context;
      try {
        onReceived(event, await inbox.receive({ guid, event, payload, receivedAt: clock.now() }));
      } catch (error) {
        app.log.error({ err: error, delivery: guid, event }, 'the delivery could not be stored');
        // the text of what is thrown here becomes the body of the answer
        throw Object.assign(new Error('the delivery could not be stored'), { status: 503 });
      }
    });
  };
}
