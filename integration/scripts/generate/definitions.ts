import { isDeepStrictEqual } from "node:util";
import type { TypeDescription } from "@nixops4-resources/protocol-core";

type JsonSchema = TypeDescription["inputs"];

/** Keywords for people: they change without effect on a deployment. */
const texts = new Set(["$schema", "description", "examples", "title"]);

/** Characters of JSON from which on a definition and references to it are shorter than copies. */
const shortestShared = 120;

/** The schemas that several resource types of a provider share, each under one name. */
export class Definitions {
  readonly all: Record<string, JsonSchema> = {};

  /** A type's schema without texts. Its definitions move here; one that differs from a known one gets the type's name. */
  adopt(type: string, schema: JsonSchema): JsonSchema {
    const { $defs = {}, ...rest } = schema;
    const plain = Object.entries($defs).map(([name, definition]) => [name, withoutTexts(definition)] as const);
    const renamed = new Map(
      plain.map(([name, definition]) => {
        const known = this.all[name];
        return [name, known === undefined || isDeepStrictEqual(known, definition) ? name : `${name}-${type}`];
      }),
    );
    for (const [name, definition] of plain) this.all[renamed.get(name) ?? name] = withNames(definition, renamed);
    return withNames(withoutTexts(rest), renamed);
  }

  /** Makes a definition of every field that occurs in at least two of the schemas and is long enough. */
  shareFields(schemas: readonly JsonSchema[]): void {
    const fields = schemas.flatMap(({ properties = {} }) => Object.entries(properties));
    const byText = Map.groupBy(fields, ([, field]) => JSON.stringify(field));
    for (const [text, [first, ...others]] of byText) {
      if (first === undefined || others.length === 0 || text.length < shortestShared) continue;
      const [name, field] = first;
      if (isSchema(field)) this.all[this.#free(name)] = field;
    }
  }

  /** The schema with references in place of the fields that are defined here. */
  refer(schema: JsonSchema): JsonSchema {
    if (schema.properties === undefined) return schema;
    const names = new Map(Object.entries(this.all).map(([name, definition]) => [JSON.stringify(definition), name]));
    const properties = Object.fromEntries(
      Object.entries(schema.properties).map(([field, part]) => {
        const name = names.get(JSON.stringify(part));
        return [field, name === undefined ? part : { $ref: `#/$defs/${name}` }];
      }),
    );
    return { ...schema, properties };
  }

  #free(name: string): string {
    for (let number = 1; ; number++) {
      const candidate = number === 1 ? name : `${name}-${number}`;
      if (this.all[candidate] === undefined) return candidate;
    }
  }
}

/** Keeps all fields, also one that is named like a keyword for texts. */
function withoutTexts(schema: JsonSchema): JsonSchema {
  return mapSchemas(schema, (part) =>
    Object.fromEntries(Object.entries(part).filter(([keyword]) => !texts.has(keyword))),
  );
}

function withNames(schema: JsonSchema, renamed: ReadonlyMap<string, string>): JsonSchema {
  return mapSchemas(schema, (part) => {
    const name = part.$ref?.replace(/^#\/\$defs\//, "");
    const now = name === undefined ? undefined : renamed.get(name);
    return now === undefined ? part : { ...part, $ref: `#/$defs/${now}` };
  });
}

/** Applies `change` to a schema and to all schemas in it. Fields and values that look like schemas stay as they are. */
function mapSchemas(schema: JsonSchema, change: (part: JsonSchema) => JsonSchema): JsonSchema {
  return Object.fromEntries(
    Object.entries(change(schema)).map(([keyword, value]: [string, unknown]) => [
      keyword,
      keyword === "properties" && isSchema(value)
        ? Object.fromEntries(Object.entries(value).map(([name, field]) => [name, mapPart(field, change)]))
        : values.has(keyword)
          ? value
          : Array.isArray(value)
            ? value.map((part: unknown) => mapPart(part, change))
            : mapPart(value, change),
    ]),
  );
}

/** Keywords that hold values of the described type, never schemas. */
const values = new Set(["default", "const", "enum", "required"]);

const mapPart = (part: unknown, change: (part: JsonSchema) => JsonSchema): unknown =>
  isSchema(part) ? mapSchemas(part, change) : part;

function isSchema(value: unknown): value is JsonSchema {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
