export type { Field, Form, ObjectForm, ProviderSchema, TypeSchema } from "./form.ts";
export { connectionName, outputsName, typeName } from "./form.ts";
export { encodedSchema } from "./schema-message.ts";
export { namespace, sourceOf } from "./source.ts";
export { providerSchema } from "./provider-schema.ts";
export { toEngine } from "./convert.ts";
export { configurationOf, type ConfiguredResource } from "./configuration.ts";
