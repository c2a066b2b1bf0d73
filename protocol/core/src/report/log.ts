type Fields = Record<string, unknown>;

type Level = "debug" | "info" | "warn" | "error";

const severity: Readonly<Record<Level, number>> = { debug: 20, info: 30, warn: 40, error: 50 };

/**
 * Records that wait for the logger. All requests share one queue, since a record may contain secrets of any request that
 * was in progress. A request waits for the queue before its secrets are forgotten.
 */
let pending: Promise<void> = Promise.resolve();

/**
 * Logs to stderr, from the level in NIXOPS4_RESOURCES_LOG (debug, info, warn, error, silent; `warn` by default). The
 * logger is loaded with the first record, so that a successful request does not load it. A record belongs to the request
 * that logs it: the async context determines its stderr and the secrets that are scrubbed.
 */
export const log = {
  debug: (message: string, fields?: Fields) => record("debug", message, fields),
  info: (message: string, fields?: Fields) => record("info", message, fields),
  warn: (message: string, fields?: Fields) => record("warn", message, fields),
  error: (message: string, fields?: Fields) => record("error", message, fields),
};

/** Resolves when all records so far are written. */
export const flushLog = (): Promise<void> => pending;

function threshold(): number {
  const name = process.env["NIXOPS4_RESOURCES_LOG"];
  if (name === "silent") return Infinity;
  return Object.entries(severity).find(([level]) => level === name)?.[1] ?? severity.warn;
}

function record(level: Level, message: string, fields: Fields = {}): void {
  if (severity[level] < threshold()) return;
  const time = Date.now();
  const earlier = pending;
  pending = (async () => {
    await earlier;
    const { write } = await import("./logger.ts");
    write(level, { time, ...fields }, message);
  })();
}
