import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { sdl } from "@nixops4-resources/integration-servers/lldap/emulator/graphql/sdl";
import { buildSchema, parse, validate, type GraphQLSchema } from "graphql";
import { describe, expect, test } from "vitest";
import * as operations from "./operations.ts";

const texts = Object.entries(operations).map(([name, { text }]) => [name, text] as const);

// lldap publishes its schema, which is not part of this repository: the emulator has one of the same types.
const specs = process.env["NIXOPS4_RESOURCES_SPECS"] ?? join(import.meta.dirname, "../../../../../shared/specs");
const published = join(specs, "lldap/schema.graphql");

const publishedSchema = (): GraphQLSchema => buildSchema(readFileSync(published, "utf8"));

describe.skipIf(!existsSync(published))("with the schema that lldap publishes", () => {
  test.each(texts)("%s is valid", (_name, text) => {
    expect(validate(publishedSchema(), parse(text)).map(({ message }) => message)).toEqual([]);
  });
});

describe("with the schema of the emulator", () => {
  const schema = buildSchema(sdl);
  test.each(texts)("%s is valid", (_name, text) => {
    expect(validate(schema, parse(text)).map(({ message }) => message)).toEqual([]);
  });
});
