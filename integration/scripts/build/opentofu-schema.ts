// Prints the schema of a provider for OpenTofu, which the bundler puts into the provider's bundle:
//   node integration/scripts/build/opentofu-schema.ts PROVIDER
import { join } from "node:path";
import { providerSchema } from "@nixops4-resources/protocol-opentofu/schema";
import { describe } from "../generate/describe.ts";

const [provider = ""] = process.argv.slice(2);
process.stdout.write(JSON.stringify(providerSchema(await describe(join(import.meta.dirname, "../../.."), provider))));
