/** Writes one line. Passwords and tokens must not be in it. */
export type Log = (line: string) => void;

/** A log on stdout, one line per request, with its time. */
export const logToStdout: Log = (line) => {
  process.stdout.write(`${new Date().toISOString()} ${line}\n`);
};
