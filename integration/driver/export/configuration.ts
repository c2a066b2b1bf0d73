import {
  configurationOf,
  typeName,
  type ConfiguredResource,
  type ProviderSchema,
} from "@nixops4-resources/protocol-opentofu/schema";
import { DriverError } from "../errors.ts";
import { memberKey, memberName, type MemberKey } from "../evaluation/member.ts";
import type { Json, JsonObject } from "../json.ts";
import { outputGapsIn, partName, valueOf, type RecordedMember, type Recording } from "../recording/recording.ts";
import { fill } from "../recording/template.ts";
import { resourceNames } from "./addresses.ts";
import { referenceTo, withRawGaps, withReferences } from "./references.ts";
import type { Survey } from "./survey.ts";

/** A member that becomes a resource. */
export interface Exported {
  readonly member: RecordedMember;
  readonly plugin: ProviderSchema;
}

/**
 * The text of `main.tf.json`. What a member reads from another becomes a reference, so that OpenTofu knows the order; what it
 * reads from a member that is left out becomes its current value. Throws DriverError if that is unknown.
 */
export function configurationText(
  exported: readonly Exported[],
  gaps: Recording["gaps"],
  { existing, known }: Pick<Survey, "existing" | "known">,
): string {
  const named = exported.map(({ member: { path, type }, plugin }) => ({ path, type: typeName(plugin, type) }));
  const names = resourceNames(named);
  const byKey = new Map(exported.map((one) => [memberKey(one.member.path), one]));
  const references = new Map<string, string>();

  const resources = exported.map(({ member, plugin }): ConfiguredResource => {
    const constants = new Map<string, Json>();
    for (const [text, gap] of outputGapsIn(member.inputs, gaps)) {
      const source = byKey.get(memberKey(gap.member));
      const outputs = source?.plugin.types[source.member.type]?.outputs;
      if (source === undefined || outputs === undefined) constants.set(text, currentValue(member, gap, known));
      else references.set(text, referenceTo(gap, addressOf(source, names), outputs));
    }
    const key = memberKey(member.path);
    const found = existing.get(key);
    return {
      provider: plugin,
      type: member.type,
      name: nameOf(key, names),
      inputs: mapInputs(member.inputs, (input) => withRawGaps(fill(input, constants))),
      ...(found !== undefined && { existing: found }),
    };
  });
  return `${withReferences(JSON.stringify(configurationOf(resources), null, 2), references)}\n`;
}

const mapInputs = (inputs: JsonObject, change: (input: Json) => unknown): Record<string, unknown> =>
  Object.fromEntries(Object.entries(inputs).map(([name, input]) => [name, change(input)]));

const addressOf = ({ member: { path, type }, plugin }: Exported, names: ReadonlyMap<MemberKey, string>): string =>
  `${typeName(plugin, type)}.${nameOf(memberKey(path), names)}`;

function nameOf(key: MemberKey, names: ReadonlyMap<MemberKey, string>): string {
  const name = names.get(key);
  if (name === undefined) throw new TypeError(`The member ${key} has no name.`);
  return name;
}

function currentValue(member: RecordedMember, gap: Parameters<typeof valueOf>[0], known: Survey["known"]): Json {
  const output = known.get(memberKey(gap.member))?.[gap.output];
  const value = output === undefined ? undefined : valueOf(gap, output);
  if (value !== undefined) return value;
  throw new DriverError(
    "driver.export.unknown",
    `Unable to export member ${memberName(member.path)}: it needs ${partName(gap)}, which is left out and has no known value.`,
  );
}
