import { type KubeConfig, Watch } from '@kubernetes/client-node';

/** The server ends a watch after that time; one that is silent for longer hangs in a dead connection. */
const WATCH_SECONDS = 300;
const HANGING_MS = (WATCH_SECONDS + 30) * 1000;
const AT_LEAST_MS = 1_000;

/**
 * A watch whose stream may break at any time: bookmarks keep the place, a dead connection is given up, and one that ends
 * at once is not opened again at once. Whatever goes wrong is told to `done`: nobody could catch what is thrown here.
 */
export function patientWatch(kubeConfig: KubeConfig): Watch {
  const watch = new Watch(kubeConfig);
  const open = watch.watch.bind(watch);
  // answers before the connection is there, so that nobody waits for a server that accepts it and says nothing
  watch.watch = async (path, query, callback, done) => {
    const controller = new AbortController();
    const since = Date.now();
    let over = false;
    const end = (error: unknown) => {
      if (over) return;
      over = true;
      clearTimeout(hanging);
      const rest = error ? 0 : since + AT_LEAST_MS - Date.now();
      if (rest <= 0) done(error);
      else setTimeout(() => done(error), rest).unref();
    };
    const hanging = setTimeout(() => end(undefined), HANGING_MS);
    hanging.unref();
    open(path, { ...query, allowWatchBookmarks: true, timeoutSeconds: WATCH_SECONDS }, callback, end).then((opened) => {
      if (controller.signal.aborted) opened.abort();
      else controller.signal.addEventListener('abort', () => opened.abort());
    }, end);
    return controller;
  };
  return watch;
}
