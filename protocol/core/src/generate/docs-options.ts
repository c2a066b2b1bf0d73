import { choicesOf, resolve, typeInWords, valueInNix, withoutNull } from "./docs-type.ts";
import { isSchema, type JsonSchema } from "./nix-type.ts";

/** One row in a table of inputs or outputs. */
export interface OptionRow {
  /** As in Nix: `connection.host`, `grants[].role`, `settings.<name>`. */
  readonly path: string;
  /** In words, as Markdown. */
  readonly type: string;
  /** The default as Nix; undefined for a required option. */
  readonly fallback: string | undefined;
  readonly description: string;
}

/** The fields of an object and those within them; the fields of a choice have tables of their own. */
export interface Options {
  readonly rows: readonly OptionRow[];
  readonly choices: readonly Choice[];
}

/** An option of which exactly one kind is set. */
export interface Choice {
  readonly path: string;
  readonly kinds: readonly OptionRow[];
  /** The fields of each kind that has any. */
  readonly fields: readonly { readonly path: string; readonly options: Options }[];
}

type Definitions = Readonly<Record<string, JsonSchema>>;

/** The options of an object, or of a choice between objects. Throws if one has no description. */
export function optionTables(schema: JsonSchema, definitions: Definitions = schema.$defs ?? {}, prefix = ""): Options {
  if (choicesOf(schema, definitions).length > 0) return within(schema, definitions, prefix.replace(/\.$/, ""));
  return joined(
    Object.entries(schema.properties ?? {}).map(([name, unresolved]) => {
      const field = resolve(unresolved, definitions);
      const isOptional = "default" in field || !(schema.required ?? []).includes(name);
      const row = rowOf(prefix + name, field, definitions);
      const inner = within(field, definitions, row.path);
      const fallback = isOptional ? valueInNix(field.default ?? null) : undefined;
      return { rows: [{ ...row, fallback }, ...inner.rows], choices: inner.choices };
    }),
  );
}

function rowOf(path: string, field: JsonSchema, definitions: Definitions): OptionRow {
  const { description } = field;
  if (description === undefined) throw new Error(`Unable to document ${path}: it has no description.`);
  return { path, type: typeInWords(field, definitions), fallback: undefined, description };
}

/** The options inside a field. */
function within(field: JsonSchema, definitions: Definitions, path: string): Options {
  const { schema } = withoutNull(field, definitions);
  if (schema["x-nix-type"] !== undefined) return none;
  const choices = choicesOf(schema, definitions);
  if (choices.length > 0) return { rows: [], choices: [choiceOf(choices, definitions, path)] };
  if (schema.properties !== undefined) return optionTables(schema, definitions, `${path}.`);
  if (isSchema(schema.items)) return within(resolve(schema.items, definitions), definitions, `${path}[]`);
  if (isSchema(schema.additionalProperties)) {
    return within(resolve(schema.additionalProperties, definitions), definitions, `${path}.<name>`);
  }
  return none;
}

function choiceOf(choices: readonly JsonSchema[], definitions: Definitions, path: string): Choice {
  const kinds = choices.flatMap(({ properties = {} }) =>
    Object.entries(properties).map(([name, unresolved]) => {
      const field = resolve(unresolved, definitions);
      return { row: rowOf(`${path}.${name}`, field, definitions), field };
    }),
  );
  const fields = kinds.map(({ row, field }) => ({ path: row.path, options: within(field, definitions, row.path) }));
  return {
    path,
    kinds: kinds.map(({ row }) => row),
    fields: fields.filter(({ options: { rows, choices: inner } }) => rows.length + inner.length > 0),
  };
}

const none: Options = { rows: [], choices: [] };

const joined = (parts: readonly Options[]): Options => ({
  rows: parts.flatMap(({ rows }) => rows),
  choices: parts.flatMap(({ choices }) => choices),
});
