import {
  connectionName,
  engineType,
  outputsName,
  typeName,
  type Field,
  type Form,
  type ProviderSchema,
  type TypeSchema,
} from "./form.ts";

/** Messages of tfplugin6; proto-loader fills in what is absent. */
interface Attribute {
  name: string;
  description: string;
  description_kind: "MARKDOWN";
  required?: boolean;
  optional?: boolean;
  computed?: boolean;
  type?: Buffer;
  nested_type?: { attributes: Attribute[]; nesting: "SINGLE" | "LIST" | "MAP" };
}

interface Schema {
  version: 0;
  block: { description: string; description_kind: "MARKDOWN"; attributes: Attribute[] };
}

/** Who sets an attribute: a user, a user or a default that the plan shows, or the provider. */
type Origin = "user" | "default" | "provider";

export function resourceSchema({ description, inputs, outputs }: TypeSchema, provider: ProviderSchema): Schema {
  return schemaOf(description, [
    ...inputs.fields.map((field) => inputAttribute(field, "default")),
    {
      ...attributeOf(connectionName, overrideDescription(provider), provider.connection, "user"),
      optional: true,
    },
    { ...attributeOf(outputsName, "Facts of the backend.", outputs, "provider"), computed: true },
  ]);
}

const overrideDescription = ({ connectionDescription }: ProviderSchema): string =>
  `Connection of this resource, in place of the provider's \`connection\`. Null uses the provider's. ${connectionDescription}`;

/** Both are optional here, since a validation or an import may run before their values are known. */
export function providerConfigSchema(provider: ProviderSchema): Schema {
  const { description, connection, connectionDescription, managedByDescription } = provider;
  return schemaOf(description, [
    { ...attributeOf("connection", connectionDescription, connection, "user"), optional: true },
    { ...attributeOf("managed_by", managedByDescription, { kind: "string" }, "user"), required: true },
  ]);
}

export const resourceSchemas = (provider: ProviderSchema): Record<string, Schema> =>
  Object.fromEntries(
    Object.entries(provider.types).map(([type, schema]) => [
      typeName(provider, type),
      resourceSchema(schema, provider),
    ]),
  );

const schemaOf = (description: string, attributes: Attribute[]): Schema => ({
  version: 0,
  block: { description, description_kind: "MARKDOWN", attributes },
});

function inputAttribute(field: Field, origin: Origin): Attribute {
  const attribute = attributeOf(field.name, field.description, field.form, origin);
  if (origin === "provider") return { ...attribute, computed: true };
  if (field.isRequired) return { ...attribute, required: true };
  return { ...attribute, optional: true, ...(origin === "default" && "fallback" in field && { computed: true }) };
}

function attributeOf(name: string, description: string, form: Form, origin: Origin): Attribute {
  return { name, description, description_kind: "MARKDOWN", ...typeOf(form, origin) };
}

/** Only objects with attributes, and collections of such, have descriptions inside. */
function typeOf(form: Form, origin: Origin): Pick<Attribute, "type" | "nested_type"> {
  const inner = form.kind === "list" || form.kind === "map" ? form.of : form;
  if (inner.kind !== "object" || inner.fields.length === 0) {
    return { type: Buffer.from(JSON.stringify(engineType(form))) };
  }
  const nesting = form.kind === "list" ? "LIST" : form.kind === "map" ? "MAP" : "SINGLE";
  return { nested_type: { nesting, attributes: inner.fields.map((field) => inputAttribute(field, origin)) } };
}
