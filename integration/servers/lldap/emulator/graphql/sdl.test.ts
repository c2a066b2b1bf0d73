import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { buildSchema, introspectionFromSchema, lexicographicSortSchema } from "graphql";
import { expect, test } from "vitest";
import { sdl } from "./sdl.ts";

const specs = process.env["NIXOPS4_RESOURCES_SPECS"] ?? join(import.meta.dirname, "../../../../../../shared/specs");
const published = join(specs, "lldap/schema.graphql");

test.skipIf(!existsSync(published))("the emulator's types are those of lldap's published schema", () => {
  expect(structure(sdl)).toEqual(structure(readFileSync(published, "utf8")));
});

/** The types without their descriptions, in the order of their names. */
const structure = (text: string): unknown =>
  introspectionFromSchema(lexicographicSortSchema(buildSchema(text)), { descriptions: false });
