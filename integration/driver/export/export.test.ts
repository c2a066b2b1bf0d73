import type { Field, Form, ObjectForm, ProviderSchema } from "@nixops4-resources/protocol-opentofu/schema";
import { describe, expect, test } from "vitest";
import type { JsonObject } from "../json.ts";
import type { OutputGap, RecordedMember } from "../recording/recording.ts";
import { valueKey } from "../recording/template.ts";
import { resourceNames } from "./addresses.ts";
import { configurationText } from "./configuration.ts";
import { referenceTo } from "./references.ts";

const field = (input: string, name: string, form: Form, more: Partial<Field> = {}): Field => ({
  input,
  name,
  form,
  description: "",
  isRequired: false,
  ...more,
});
const object = (...fields: Field[]): ObjectForm => ({ kind: "object", fields });
const text: Form = { kind: "string" };

const plugin: ProviderSchema = {
  name: "nixops4-boxes",
  title: "Boxes",
  description: "",
  version: "1.0.0",
  connection: object(field("room", "room", text)),
  connectionDescription: "",
  managedByDescription: "",
  types: {
    box: {
      description: "",
      inputs: object(
        field("name", "name", text, { isRequired: true }),
        field("maxItems", "max_items", { kind: "number" }, { fallback: 10 }),
        field("key", "key", object(field("file", "file", text))),
        field("labels", "labels", { kind: "map", of: text }),
      ),
      outputs: object(
        field("itemCount", "item_count", { kind: "number" }),
        field("keyRef", "key_ref", object(field("file", "file", text))),
        field("places", "places", { kind: "map", of: { kind: "list", of: text } }),
      ),
      bearsMark: true,
      identity: ["name"],
      stableOutputs: [],
      example: {},
    },
  },
};

const box = (path: string, inputs: JsonObject): RecordedMember => ({
  path: path.split("."),
  type: "box",
  state: null,
  provider: { executable: "boxes", args: [] },
  inputs: { connection: { room: "hall" }, managedBy: "home", maxItems: 10, ...inputs },
  outputs: ["itemCount", "keyRef", "places"],
});

function configuration(
  members: readonly RecordedMember[],
  { gaps = {}, existing = {}, known = {} }: { gaps?: Record<string, OutputGap>; existing?: object; known?: object },
) {
  const written = configurationText(
    members.map((member) => ({ member, plugin })),
    gaps,
    { existing: new Map(Object.entries(existing)), known: new Map(Object.entries(known)) },
  );
  return JSON.parse(written);
}

const names = (...paths: string[][]) => [...resourceNames(paths.map((path) => ({ path, type: "box" }))).values()];
const gap = (output: string, kind: OutputGap["kind"]): OutputGap => ({ member: ["first"], output, kind });

describe("the names of resources", () => {
  test("are the paths of the members", () => {
    expect(names(["social", "database"], ["a-b"])).toEqual(["social_database", "a-b"]);
  });

  test("are valid and unique in OpenTofu", () => {
    expect(names(["1.com"], ["a", "b_c"], ["a_b", "c"])).toEqual(["_1_com", "a_b_c", "a_b_c_2"]);
  });
});

describe("a reference", () => {
  const { outputs } = plugin.types["box"] ?? { outputs: object() };
  test.each<[string, Pick<OutputGap, "output" | "path">, string]>([
    ["a whole output", { output: "itemCount" }, "${box.a.outputs.item_count}"],
    ["a field", { output: "keyRef", path: ["file"] }, "${box.a.outputs.key_ref.file}"],
    ["a key of a map and an element", { output: "places", path: ["a.b", 0] }, '${box.a.outputs.places["a.b"][0]}'],
  ])("names %s", (_what, part, reference) => {
    expect(referenceTo({ member: ["a"], kind: "value", ...part }, "box.a", outputs)).toBe(reference);
  });
});

describe("the configuration", () => {
  test("has the inputs without defaults, and references in place of outputs", () => {
    const members = [
      box("first", { name: "one" }),
      box("second", { name: "of gap1", maxItems: { [valueKey]: "gap2" }, key: { [valueKey]: "gap3" } }),
    ];
    const gaps = { gap1: gap("places", "text"), gap2: gap("itemCount", "integer"), gap3: gap("keyRef", "value") };
    expect(configuration(members, { gaps })).toEqual({
      terraform: {
        required_providers: { "nixops4-boxes": { source: "nixops4-resources.invalid/suite/nixops4-boxes" } },
      },
      provider: { "nixops4-boxes": [{ connection: { room: "hall" }, managed_by: "home" }] },
      resource: {
        "nixops4-boxes_box": {
          first: { name: "one" },
          second: {
            name: "of ${nixops4-boxes_box.first.outputs.places}",
            max_items: "${nixops4-boxes_box.first.outputs.item_count}",
            key: "${nixops4-boxes_box.first.outputs.key_ref}",
          },
        },
      },
    });
  });

  test("imports what exists, with every input that a backend may not show", () => {
    const inputs = { name: "one", maxItems: 3, key: { file: "/k" }, labels: { "${a}": "b" } };
    const { import: imports } = configuration([box("first", inputs)], { existing: { '["first"]': inputs } });
    expect(imports).toEqual([
      { to: "nixops4-boxes_box.first", id: expect.stringMatching(/^\{"name":"one","max_items":3,/) },
    ]);
    expect(imports[0].id).toContain('{"$${a}":"b"}');
  });

  test("has a provider block for each connection and deployment", () => {
    const { provider, resource } = configuration(
      [box("first", { name: "one" }), box("second", { name: "two", connection: { room: "attic" } })],
      {},
    );
    expect(provider["nixops4-boxes"]).toEqual([
      { connection: { room: "hall" }, managed_by: "home" },
      { alias: "connection_2", connection: { room: "attic" }, managed_by: "home" },
    ]);
    expect(resource["nixops4-boxes_box"].second.provider).toBe("nixops4-boxes.connection_2");
  });

  test("has the current value of an output whose member is left out, and fails if that is unknown", () => {
    const members = [box("second", { name: "gap1" })];
    const gaps = { gap1: gap("places", "text") };
    const { resource } = configuration(members, { gaps, known: { '["first"]': { places: "here" } } });
    expect(resource["nixops4-boxes_box"].second.name).toBe("here");
    expect(() => configuration(members, { gaps })).toThrow(
      "[driver.export.unknown] Unable to export member second: it needs output `places` of first",
    );
  });
});
