/** Longest part of the time that is counted at once. */
const tickMs = 250;

/**
 * Calls `over` after this much time in which this process could run. While it gets no CPU, no answer can be noticed
 * either, so that time does not count: a busy machine must not look like a silent server. Returns a function that stops it.
 */
export function ownTimeout(milliseconds: number, over: () => void): () => void {
  let left = milliseconds;
  let isStopped = false;
  let timer: NodeJS.Timeout;
  const wait = (): void => {
    const part = Math.min(tickMs, left);
    timer = setTimeout(() => {
      left -= part;
      if (left > 0) wait();
      // What arrived in the meantime is noticed first.
      else setImmediate(() => isStopped || over());
    }, part);
  };
  wait();
  return () => {
    isStopped = true;
    clearTimeout(timer);
  };
}
