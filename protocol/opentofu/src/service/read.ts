import { isObject, type Properties } from "@nixops4-resources/protocol-core/engine";
import { toEngine } from "../schema/convert.ts";
import type { ObjectValue } from "../values/value.ts";
import type { Requests } from "./messages.ts";
import { lastApplied } from "./private.ts";
import { overrideOf, resourceValue, type ServedType } from "./served-type.ts";
import type { Session } from "./session.ts";

/**
 * Refreshes a state from the backend: what was applied last, with each input that differs now as it is. Without a known
 * connection the state stays as it is.
 */
export async function readResource(session: Session, request: Requests["ReadResource"]): Promise<object> {
  const type = session.types.get(request.type_name);
  const current = type.decode(request.current_state);
  if (current === null) return { new_state: type.encode(null) };
  const override = overrideOf(current);
  const inputs = lastApplied(type, request.private) ?? type.inputsOf(current);
  const wanted = type.requestInputs(inputs, override, session.config);
  if (wanted === undefined) return { new_state: request.current_state, private: request.private };
  const resource = { type: type.name, inputProperties: { ...type.schema.example, ...wanted } };
  const { exists, outputProperties, differences } = await session.ask("read", { resource });
  if (exists !== true) return { new_state: type.encode(null) };
  const now = overlay(type, inputs, Array.isArray(differences) ? differences : []);
  const outputs = toEngine(outputProperties, type.schema.outputs);
  return { new_state: type.encode(resourceValue(now, override, outputs)), private: request.private };
}

/**
 * The inputs with those that differ as they are now. One that the backend does not show, such as another password, is
 * null. After an import, so is a required one that the look neither got nor returned.
 */
function overlay({ schema }: ServedType, inputs: ObjectValue, differences: readonly unknown[]): ObjectValue {
  const current = new Map(differences.filter(isDifference).map(({ field, current: now }) => [field, now]));
  return Object.fromEntries(
    schema.inputs.fields.map(({ name, input, form }) => [
      name,
      current.has(input) ? toEngine(current.get(input), form) : (inputs[name] ?? null),
    ]),
  );
}

interface Difference {
  field: string;
  current: unknown;
}

const isDifference = (one: unknown): one is Properties & Difference =>
  isObject(one) && typeof one["field"] === "string";
