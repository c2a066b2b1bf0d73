/** Writes one line. Passwords and secrets of tokens must not be in it. */
export type Log = (line: string) => void;

/** A log on stdout, with the time. */
export const logToStdout: Log = (line) => {
  process.stdout.write(`${new Date().toISOString()} ${line}\n`);
};
