import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { JsonObject } from "../json.ts";
import type { RecordedMember, Recording } from "../recording/recording.ts";
import type { Request } from "../provider/answer.ts";

const provider = fileURLToPath(new URL("provider.ts", import.meta.url));

/** A deployment as a recording, which needs no Nix. */
export function deployment(...members: RecordedMember[]): Recording {
  return { _type: "nixops4-resources-recording", version: 2, gaps: {}, members };
}

/** The same with gaps: `@text of a.b@` is the output `text` of the member a.b. */
export function connected(...members: RecordedMember[]): Recording {
  const marks = JSON.stringify(members).match(/@text of [a-z.]+@/g) ?? [];
  const gaps = marks.map(
    (mark) => [mark, { member: mark.slice(9, -1).split("."), output: "text", kind: "text" }] as const,
  );
  return { ...deployment(...members), gaps: Object.fromEntries(gaps) };
}

/** A member of the provider in provider.ts, which logs its requests to `requestLog`. */
export function note(
  path: string,
  requestLog: string,
  inputs: JsonObject,
  more: Partial<RecordedMember> = {},
): RecordedMember {
  return {
    path: path.split("."),
    type: "note",
    state: null,
    provider: { executable: process.execPath, args: [provider, requestLog] },
    inputs,
    outputs: ["text"],
    ...more,
  };
}

export function stateFile(path: string, file: string): RecordedMember {
  return {
    path: path.split("."),
    type: "state_file",
    state: null,
    provider: { executable: "nixops4-resources-local", args: [] },
    inputs: { name: file },
    outputs: [],
  };
}

export interface LoggedRequest {
  pid: number;
  request?: Request;
  ended?: true;
}

/** The requests to the provider in provider.ts, in order. */
export async function requestsIn(requestLog: string): Promise<LoggedRequest[]> {
  const text = await readFile(requestLog, "utf8");
  return text
    .trimEnd()
    .split("\n")
    .map((line): LoggedRequest => JSON.parse(line));
}
