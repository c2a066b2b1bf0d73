import { fromJSON, type ServiceDefinition } from "@grpc/proto-loader";
import messages from "./generated.json" with { type: "json" };

const options = { keepCase: true, longs: String, enums: String, defaults: true } as const;

/** Returns the definition of a service by its full name, such as `plugin.GRPCStdio`. */
export function serviceDefinitions(): (name: string) => ServiceDefinition {
  const json: object = messages;
  const definitions = fromJSON(json, options);
  return (name) => {
    const found = definitions[name];
    if (found !== undefined && isService(found)) return found;
    throw new TypeError(`There is no service ${name}`);
  };
}

/** Messages and enums have a format, services do not. */
const isService = (definition: object): definition is ServiceDefinition =>
  typeof Reflect.get(definition, "format") !== "string";
