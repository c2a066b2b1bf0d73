import { describe, expect, test } from "vitest";
import { Codec } from "./codec.ts";
import { compileProtos, parseProtos } from "./compile.ts";

const root = parseProtos();
const codec = new Codec(JSON.parse(compileProtos()).messages);

// As `Codec` reads messages.
const options = { longs: String, enums: String, bytes: Buffer, defaults: true } as const;

const attribute = { name: "größe", type: Buffer.from('"string"'), computed: true, description_kind: "MARKDOWN" };
const schema = {
  version: "12345678901",
  block: { attributes: [attribute, { name: "b" }], description: "x".repeat(300) },
};

/** Type and message. */
const samples: readonly (readonly [string, object])[] = [
  ["tfplugin6.GetProviderSchema.Response", { provider: schema, resource_schemas: { one: schema, two: {} } }],
  [
    "tfplugin6.ApplyResourceChange.Response",
    { new_state: { msgpack: Buffer.from([0, 255]) }, private: Buffer.from("p") },
  ],
  ["tfplugin6.PlanResourceChange.Response", { diagnostics: [{ severity: "WARNING", summary: "s", detail: "d" }] }],
  ["tfplugin6.MoveResourceState.Request", { source_schema_version: "-1", source_type_name: "t" }],
  ["plugin.ConnInfo", { service_id: 4294967295 }],
  ["grpc.health.v1.HealthCheckResponse", { status: "SERVING" }],
];

describe.each(samples)("%s", (type, message) => {
  const reference = root.lookupType(type);

  test("is written as protobufjs reads it", () => {
    const read = reference.decode(codec.encode(type, { ...message }));
    expect(reference.toObject(read, options)).toMatchObject(message);
  });

  test("is read as protobufjs writes it", () => {
    const bytes = reference.encode(reference.fromObject(message)).finish();
    expect(codec.decode(type, bytes)).toEqual(reference.toObject(reference.decode(bytes), options));
  });
});

test("skips fields that it does not know, of every kind", () => {
  const unknown = ["7801", "79" + "00".repeat(8), "7a0161", "7d00000000"].map((hex) => Buffer.from(hex, "hex"));
  const known = codec.encode("tfplugin6.DynamicValue", { msgpack: Buffer.from("m") });
  const read = codec.decode("tfplugin6.DynamicValue", Buffer.concat([...unknown, known]));
  expect(read).toEqual({ msgpack: Buffer.from("m"), json: Buffer.alloc(0) });
});

test("rejects a message that ends too early", () => {
  const bytes = codec.encode("tfplugin6.DynamicValue", { msgpack: Buffer.from("message") });
  expect(() => codec.decode("tfplugin6.DynamicValue", bytes.subarray(0, 4))).toThrow("A message ends too early");
});
