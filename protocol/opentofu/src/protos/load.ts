import type { ServiceDefinition } from "@grpc/grpc-js";
import { Codec, type Message } from "./codec.ts";
import type { Protos } from "./form.ts";
import json from "./generated.json" with { type: "json" };

// A copy without a type: TypeScript infers another one for each field of the file.
const { messages, services }: Protos = JSON.parse(JSON.stringify(json));

/** Returns the definition of a service by its full name, such as `plugin.GRPCStdio`. */
export function serviceDefinitions(): (name: string) => ServiceDefinition {
  const codec = new Codec(messages);
  const coder = (type: string) => ({
    // A message may be encoded already.
    serialize: (message: Message | Buffer) => (Buffer.isBuffer(message) ? message : codec.encode(type, message)),
    deserialize: (bytes: Buffer) => codec.decode(type, bytes),
  });
  return (name) => {
    const methods = services[name];
    if (methods === undefined) throw new TypeError(`There is no service ${name}`);
    return Object.fromEntries(
      Object.entries(methods).map(([method, { request, response, requestStream, responseStream }]) => {
        const [one, other] = [coder(request), coder(response)];
        return [
          method,
          {
            path: `/${name}/${method}`,
            requestStream,
            responseStream,
            requestSerialize: one.serialize,
            requestDeserialize: one.deserialize,
            responseSerialize: other.serialize,
            responseDeserialize: other.deserialize,
          },
        ];
      }),
    );
  };
}
