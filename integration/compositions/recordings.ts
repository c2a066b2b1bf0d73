import { readFileSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import {
  readRecording,
  type RecordedMember,
  type Recording,
} from "@nixops4-resources/integration-driver/recording/recording";
import * as z from "zod";

/** The variant that is recorded as a whole. */
export const whole = "first";

/** What another variant has instead of the whole one. */
export interface Difference {
  readonly gaps: Recording["gaps"];
  /** Paths of members that it does not have. */
  readonly without: readonly (readonly string[])[];
  readonly members: readonly RecordedMember[];
}

const difference = z.strictObject({
  gaps: z.custom<Recording["gaps"]>((value) => typeof value === "object"),
  without: z.array(z.array(z.string())),
  members: z.custom<readonly RecordedMember[]>(Array.isArray),
});

export const fileOf = (variant: string): string => join(import.meta.dirname, `recordings/${variant}.json`);

/** The recording of a variant. */
export async function recordingOf(variant: string): Promise<Recording> {
  const base = await readRecording(fileOf(whole));
  if (variant === whole) return base;
  const { gaps, without, members } = difference.parse(JSON.parse(readFileSync(fileOf(variant), "utf8")));
  const replaced = [...without, ...members.map(({ path }) => path)];
  const kept = base.members.filter(({ path }) => !replaced.some((other) => isDeepStrictEqual(other, path)));
  return { ...base, gaps: { ...base.gaps, ...gaps }, members: [...kept, ...members] };
}

export function differenceOf(base: Recording, variant: Recording): Difference {
  const paths = variant.members.map(({ path }) => JSON.stringify(path));
  return {
    gaps: Object.fromEntries(Object.entries(variant.gaps).filter(([text]) => base.gaps[text] === undefined)),
    without: base.members.map(({ path }) => path).filter((path) => !paths.includes(JSON.stringify(path))),
    members: variant.members.filter((member) => !base.members.some((other) => isDeepStrictEqual(other, member))),
  };
}
