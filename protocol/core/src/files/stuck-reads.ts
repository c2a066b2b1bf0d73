/**
 * Reads that the system has not ended and nobody waits for, such as those of a mount that does not answer, or of stdin. They
 * belong to the process: Node waits for them when it exits, for ever.
 */
export const stuckReads = new Set<Promise<unknown>>();

/** Ends the process, also if a read is stuck; then the status is that of SIGKILL, since only a signal ends it. */
export function exitNow(status: number): void {
  if (stuckReads.size > 0) process.kill(process.pid, "SIGKILL");
  process.exit(status);
}
