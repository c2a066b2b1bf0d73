import { statSync, utimesSync, writeFileSync } from "node:fs";

/** Shorter than the time between two reports of one request, so that a request that waits alone reports each time. */
const pauseMs = 9500;

/**
 * Whether no request of this user has reported the wait of this name in the last 10 s: hundreds of processes that wait for
 * one thing report it as often as one. `path` is a file whose modification time is the time of the last report.
 */
export function isSharedReportDue(path: string): boolean {
  try {
    const reported = statSync(path, { throwIfNoEntry: false });
    const now = new Date();
    if (reported === undefined) writeFileSync(path, "", { mode: 0o600 });
    else if (now.getTime() - reported.mtimeMs < pauseMs) return false;
    utimesSync(path, now, now);
  } catch {
    // A report too many does less harm than silence.
  }
  return true;
}
