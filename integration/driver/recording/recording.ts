import { readFile } from "node:fs/promises";
import * as z from "zod";
import { DriverError, reasonOf } from "../errors.ts";
import type { Evaluation, Explanation, KnownOutputs } from "../evaluation/evaluation.ts";
import { isJsonObject, parseJson, type Json } from "../json.ts";
import { memberKey, memberName, type MemberRequest } from "../evaluation/member.ts";
import { fill, fillText, gapsIn } from "./template.ts";

/**
 * A recorded evaluation of a deployment, with gaps for outputs and environment variables, so that it can be applied
 * without Nix. record.ts creates and compares recordings.
 */

const path = z.array(z.string());
const environmentGap = z.strictObject({ environment: z.string(), kind: z.enum(["text", "path", "integer"]) });
const outputGap = z.strictObject({
  member: path,
  output: z.string(),
  /** Steps to a part of the output: keys of objects and indexes of lists. Absent for the whole output. */
  path: z.optional(z.array(z.union([z.string(), z.int()]))),
  /** `value` is neither text nor integer, such as a reference to a secret. */
  kind: z.enum(["text", "integer", "value"]),
});
const gapSchema = z.union([outputGap, environmentGap]);
const recordingSchema = z.strictObject({
  _type: z.literal("nixops4-resources-recording"),
  version: z.literal(2),
  /** The meaning of each gap's text. */
  gaps: z.record(z.string(), gapSchema),
  members: z.array(
    z.strictObject({
      path,
      type: z.string(),
      state: z.nullable(path),
      provider: z.strictObject({ executable: z.string(), args: z.array(z.string()) }),
      inputs: z.record(z.string(), z.json()),
      outputs: z.array(z.string()),
    }),
  ),
});

export type Recording = z.output<typeof recordingSchema>;
export type RecordedGap = z.output<typeof gapSchema>;
export type RecordedMember = Recording["members"][number];
export type EnvironmentGap = z.output<typeof environmentGap>;
export type OutputGap = z.output<typeof outputGap>;

export async function readRecording(file: string): Promise<Recording> {
  let value: Json;
  try {
    value = parseJson(await readFile(file, "utf8"));
  } catch (error) {
    throw new DriverError("driver.recording.invalid", `Unable to read the recording ${file}: ${reasonOf(error)}.`);
  }
  const parsed = recordingSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new DriverError(
    "driver.recording.invalid",
    `Unable to read the recording ${file}: ${z.prettifyError(parsed.error)}`,
  );
}

/** A recorded deployment. Throws DriverError if an environment variable that it needs is missing. */
export function replay(recording: Recording, env: NodeJS.ProcessEnv): Evaluation {
  const { gaps, members: recorded } = fillEnvironment(recording, env);

  function resolve(member: RecordedMember, known: KnownOutputs): MemberRequest | Explanation {
    const fillings = new Map<string, Json>();
    for (const [text, gap] of outputGapsIn([member.provider, member.inputs], gaps)) {
      const output = known.get(memberKey(gap.member))?.[gap.output];
      if (output === undefined) return { kind: "needs", member: gap.member, output: gap.output };
      const value = valueOf(gap, output);
      if (value === undefined)
        return { kind: "error", text: `the recording needs ${partName(gap)}, which does not exist.` };
      if (!isOfKind(gap.kind, value)) return { kind: "error", text: otherKind(gap) };
      fillings.set(text, value);
    }
    return filled(member, fillings);
  }

  return {
    async evaluate(known, skip) {
      const members = recorded.filter((member) => !skip.has(memberKey(member.path)));
      const resolved = members.map((member) => resolve(member, known));
      return {
        ready: resolved.filter((one) => "path" in one),
        blocked: members.flatMap(({ path: blocked }, index) =>
          resolved[index] !== undefined && "kind" in resolved[index] ? [{ path: blocked, kind: "resource" }] : [],
        ),
      };
    },
    async explain(wanted, known) {
      const member = recorded.find((one) => memberKey(one.path) === memberKey(wanted));
      const found = member && resolve(member, known);
      return found !== undefined && "kind" in found ? found : undefined;
    },
    async [Symbol.asyncDispose]() {},
  };
}

/** The recording with the values of its environment variables. Throws DriverError if one of them is missing. */
export function fillEnvironment({ gaps, members, ...recording }: Recording, env: NodeJS.ProcessEnv): Recording {
  const values = Object.entries(gaps).flatMap(([text, gap]) =>
    "environment" in gap ? [[text, environmentValue(gap, env)] as const] : [],
  );
  const fillings = new Map(values);
  return {
    ...recording,
    gaps: Object.fromEntries(Object.entries(gaps).filter(([text]) => !fillings.has(text))),
    members: members.map((member) => filled(member, fillings)),
  };
}

/** The gaps of outputs in a part of a member, with their texts. */
export function outputGapsIn(template: Json, gaps: Recording["gaps"]): [string, OutputGap][] {
  return gapsIn(template, Object.keys(gaps)).flatMap((text) => {
    const gap = gaps[text];
    return gap === undefined || "environment" in gap ? [] : [[text, gap]];
  });
}

/** The value of a gap in the output; undefined if the output has no such part. */
export const valueOf = (gap: OutputGap, output: Json): Json | undefined =>
  (gap.path ?? []).reduce<Json | undefined>(partOf, output);

function filled(member: RecordedMember, fillings: ReadonlyMap<string, Json>): RecordedMember {
  const { executable, args } = member.provider;
  return {
    ...member,
    provider: { executable: fillText(executable, fillings), args: args.map((text) => fillText(text, fillings)) },
    inputs: Object.fromEntries(Object.entries(member.inputs).map(([name, value]) => [name, fill(value, fillings)])),
  };
}

function environmentValue({ environment, kind }: EnvironmentGap, env: NodeJS.ProcessEnv): Json {
  const value = env[environment];
  const wrong = (reason: string) =>
    new DriverError(
      "driver.recording.value",
      `Unable to replay the recording: the environment variable ${environment} ${reason}.`,
    );
  if (value === undefined) throw wrong("is not set");
  if (kind === "path" && !value.startsWith("/")) throw wrong(`must be an absolute path, got "${value}"`);
  if (kind !== "integer") return value;
  if (!/^-?\d{1,15}$/.test(value)) throw wrong(`must be an integer, got "${value}"`);
  return Number(value);
}

function isOfKind(kind: OutputGap["kind"], value: Json): boolean {
  if (kind === "value") return true;
  return kind === "text" ? typeof value === "string" : Number.isSafeInteger(value);
}

function partOf(value: Json | undefined, step: string | number): Json | undefined {
  if (Array.isArray(value)) return typeof step === "number" ? value[step] : undefined;
  return isJsonObject(value) && Object.hasOwn(value, step) ? value[step] : undefined;
}

/** In Nix' notation: "output `public.txt` of key". */
export function partName({ member, output, path: steps = [] }: OutputGap): string {
  const inner = steps.map((step) => (typeof step === "number" ? `[${step}]` : `.${step}`));
  return `output \`${[output, ...inner].join("")}\` of ${memberName(member)}`;
}

function otherKind(gap: OutputGap): string {
  const words = gap.kind === "text" ? "text" : "an integer";
  return `the recording expects ${words}, but ${partName(gap)} is not ${words}.`;
}
