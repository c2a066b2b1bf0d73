import { validate } from "@nixops4-resources/protocol-core/engine";
import { toInput } from "../schema/convert.ts";
import { hasUnknown } from "../values/value.ts";
import type { Requests } from "./messages.ts";
import { overrideOf } from "./served-type.ts";
import type { Session } from "./session.ts";

/** Checks the known inputs of a configuration. */
export async function validateResource(
  session: Session,
  { type_name, config }: Requests["ValidateResourceConfig"],
): Promise<object> {
  const type = session.types.get(type_name);
  const given = type.decode(config);
  if (given === null) return {};
  const { inputs } = type.schema;
  const unknown = inputs.fields.filter(({ name }) => hasUnknown(given[name])).map(({ input }) => input);
  const override = overrideOf(given);
  const connection =
    override === null || hasUnknown(override) ? {} : { connection: toInput(override, type.provider.connection) };
  const raw = { ...type.ownInputs(given, inputs), ...connection };
  await validate(await session.definition(type.name), raw, new Set(unknown));
  return {};
}
