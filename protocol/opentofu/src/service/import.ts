import { parseExact } from "@nixops4-resources/protocol-core";
import { toEngine, toInput } from "../schema/convert.ts";
import { connectionName, type Field } from "../schema/form.ts";
import { isObjectValue, type ObjectValue, type Value } from "../values/value.ts";
import { failed } from "./diagnostics.ts";
import type { Requests } from "./messages.ts";
import { resourceValue, type ServedType } from "./served-type.ts";
import type { Session } from "./session.ts";

/**
 * The state of an object that the engine imports: the attributes in the id, and defaults. The engine then reads the object,
 * which fills in the rest.
 */
export function importState(session: Session, { type_name, id }: Requests["ImportResourceState"]): object {
  const type = session.types.get(type_name);
  const { [connectionName]: override = null, ...given } = attributesOf(type, id);
  const inputs = type.inputsOf(given);
  const missing = identityOf(type).filter(({ name, isRequired }) => isRequired && (inputs[name] ?? null) === null);
  if (missing.length > 0) throw invalidId(type, `does not name ${inWords(missing)}`);
  const state = type.encode(resourceValue(inputs, override, null));
  return { imported_resources: [{ type_name, state, private: Buffer.alloc(0) }] };
}

const identityOf = ({ schema }: ServedType): Field[] =>
  schema.identity.flatMap((input) => schema.inputs.fields.filter((field) => field.input === input));

const inWords = (fields: readonly Field[]): string => fields.map(({ name }) => `\`${name}\``).join(", ");

/** A bare value if one input identifies the object, and always JSON with the names of attributes. */
function attributesOf(type: ServedType, id: string): ObjectValue {
  const [only, ...others] = identityOf(type);
  if (!id.startsWith("{")) {
    if (only === undefined || others.length > 0) throw invalidId(type, "is not a JSON object");
    return { [only.name]: only.form.kind === "number" ? Number(id) : id };
  }
  const value = parseId(type, id);
  const { inputs } = type.schema;
  const unknown = Object.keys(value).filter(
    (name) => name !== connectionName && !inputs.fields.some((field) => field.name === name),
  );
  if (unknown.length > 0) throw invalidId(type, `has the unknown attribute \`${unknown.join("`, `")}\``);
  const attributes = [...inputs.fields, { name: connectionName, form: type.provider.connection }];
  return Object.fromEntries(
    attributes.map(({ name, form }) => [name, toEngine(toInput(value[name] ?? null, form), form)]),
  );
}

function parseId(type: ServedType, id: string): ObjectValue {
  try {
    const value: Value = parseExact(id);
    if (isObjectValue(value)) return value;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw invalidId(type, "is not valid JSON");
}

function invalidId(type: ServedType, reason: string): Error {
  const identity = identityOf(type);
  const json = `{${identity.map(({ name }) => `"${name}": ...`).join(", ")}}`;
  const hint =
    identity.length === 1
      ? `Use the value of ${inWords(identity)}, or JSON such as ${json}`
      : `Use JSON such as ${json}`;
  return failed(`the id ${reason}`, "opentofu.import.id", hint);
}
