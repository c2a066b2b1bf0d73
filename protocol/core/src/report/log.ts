type Fields = Record<string, unknown>;

type Level = "debug" | "info" | "warn" | "error";

const severity: Readonly<Record<Level, number>> = { debug: 20, info: 30, warn: 40, error: 50 };

/**
 * Records that wait for the logger. One queue for all requests, since a record may repeat the secrets of any request that
 * was in hand when it was logged: a request waits for the queue before its secrets are forgotten.
 */
let pending: Promise<void> = Promise.resolve();

/**
 * Log records on stderr, from the level that NIXOPS4_RESOURCES_LOG names (debug, info, warn, error, silent; `warn` by
 * default). The logger is loaded with the first record, so a successful request pays nothing for it. A record belongs to
 * the request that logs it: its async context says which stderr takes it and which secrets are scrubbed.
 */
export const log = {
  debug: (message: string, fields?: Fields) => record("debug", message, fields),
  info: (message: string, fields?: Fields) => record("info", message, fields),
  warn: (message: string, fields?: Fields) => record("warn", message, fields),
  error: (message: string, fields?: Fields) => record("error", message, fields),
};

/** Resolves when every record so far is written. */
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
