import { isatty } from "node:tty";
import { pino } from "pino";
import { currentContext } from "../request/context.ts";
import { scrub } from "../secrets/secret.ts";
import { printableJson, printableLine } from "./printable.ts";
import { wantsJson } from "./stderr.ts";

/** Whether records are printed as sentences, for a person at a terminal, instead of JSON. */
const forPeople = isatty(2) && !wantsJson();

const logger = pino(
  {
    level: "trace",
    timestamp: false,
    base: { pid: process.pid },
    formatters: { level: (label) => ({ level: label }) },
  },
  {
    write(line: string) {
      const clean = scrub(line);
      currentContext().stderr(forPeople ? toSentence(clean) : printableJson(clean));
    },
  },
);

export function write(
  level: "debug" | "info" | "warn" | "error",
  fields: Record<string, unknown>,
  message: string,
): void {
  logger[level](fields, message);
}

function toSentence(line: string): string {
  const { level, msg, pid: _pid, time: _time, ...fields }: Record<string, unknown> = JSON.parse(line);
  const details = Object.entries(fields).map(
    ([name, value]) => `${name}=${typeof value === "string" ? value : JSON.stringify(value)}`,
  );
  return `${printableLine([`${String(level)}: ${String(msg)}`, ...details].join(" "))}\n`;
}
