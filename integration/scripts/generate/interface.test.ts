import { join } from "node:path";
import type { ProviderDescription } from "@nixops4-resources/protocol-core";
import { beforeAll, expect, test } from "vitest";
import { incompatibilities } from "./compatibility.ts";
import { describe as describeSource } from "./describe.ts";
import { interfaceOf, type Interface } from "./interface.ts";

const root = join(import.meta.dirname, "../../..");
let description: ProviderDescription;
let postgres: Interface;
beforeAll(async () => {
  description = await describeSource(root, "postgres");
  postgres = interfaceOf(description);
});

test("writes the inputs that all types share once", () => {
  expect(Object.keys(postgres.$defs)).toEqual(expect.arrayContaining(["SecretRef", "connection"]));
  for (const { inputs } of Object.values(postgres.resourceTypes)) {
    expect(inputs.properties?.["connection"]).toEqual({ $ref: "#/$defs/connection" });
    expect(inputs.$defs).toBeUndefined();
  }
  const text = JSON.stringify(postgres);
  expect(text.split('"clientCertificate":')).toHaveLength(2);
  expect(text.length).toBeLessThan(JSON.stringify(description.resourceTypes).length / 3);
});

test("keeps no text, so that better texts never change it", () => {
  expect(JSON.stringify(postgres)).not.toMatch(/"(description|examples|title|\$schema)":/);
});

test("keeps a field that is named like a keyword for texts", () => {
  const [type] = Object.keys(description.resourceTypes);
  const changed = structuredClone(description);
  const properties = changed.resourceTypes[type ?? ""]?.inputs.properties ?? {};
  properties["description"] = { type: "string", description: "Text for people." };
  expect(interfaceOf(changed).resourceTypes[type ?? ""]?.inputs.properties?.["description"]).toEqual({
    type: "string",
  });
});

test("is equal to itself, and a change within a shared schema breaks every type that uses it", () => {
  const stored: Interface = JSON.parse(JSON.stringify(postgres));
  expect(incompatibilities(stored, postgres)).toEqual([]);

  const changed = structuredClone(description);
  for (const { inputs } of Object.values(changed.resourceTypes)) {
    const connection = inputs.properties?.["connection"];
    if (typeof connection !== "object" || connection.properties === undefined) throw new Error("no connection");
    connection.properties["port"] = { type: "integer", minimum: 1, maximum: 65_535, default: 5433 };
  }
  expect(incompatibilities(stored, interfaceOf(changed))).toEqual(
    Object.keys(postgres.resourceTypes).map(
      (type) => `the default of ${type}.inputs.connection.port changed from 5432 to 5433`,
    ),
  );
});

test("sees a change behind a reference within a shared schema", () => {
  const changed = structuredClone(description);
  for (const { inputs } of Object.values(changed.resourceTypes)) {
    const secret = inputs.$defs?.["SecretRef"];
    if (secret?.anyOf === undefined) throw new Error("no SecretRef");
    secret.anyOf.splice(0, 1);
  }
  expect(incompatibilities(postgres, interfaceOf(changed))).toContain(
    "role.inputs.connection.password may not be a set of file any more",
  );
});

test("gives a definition that differs in one type a name of its own", () => {
  const changed = structuredClone(description);
  const [type = ""] = Object.keys(changed.resourceTypes).slice(-1);
  const definitions = changed.resourceTypes[type]?.inputs.$defs ?? {};
  definitions["SecretRef"] = { type: "string" };
  const { $defs, resourceTypes } = interfaceOf(changed);
  expect($defs[`SecretRef-${type}`]).toEqual({ type: "string" });
  expect(JSON.stringify(resourceTypes[type])).toContain(`#/$defs/SecretRef-${type}`);
});
