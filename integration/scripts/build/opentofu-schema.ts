// Prints the schema of a provider for OpenTofu as `{ schema, answer }`, which the bundler puts into the provider's bundle. The
// answer to GetProviderSchema is in base64.
//   node integration/scripts/build/opentofu-schema.ts PROVIDER
import { join } from "node:path";
import { encodedSchema, providerSchema } from "@nixops4-resources/protocol-opentofu/schema";
import { describe } from "../generate/describe.ts";

const [provider = ""] = process.argv.slice(2);
const schema = providerSchema(await describe(join(import.meta.dirname, "../../.."), provider));
process.stdout.write(JSON.stringify({ schema, answer: encodedSchema(schema).toString("base64") }));
