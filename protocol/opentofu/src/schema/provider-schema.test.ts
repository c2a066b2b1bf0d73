import { defineResource, option, secretRef, tagged } from "@nixops4-resources/protocol-core";
import { describeProvider } from "@nixops4-resources/protocol-core/describe";
import * as z from "zod/mini";
import { expect, test } from "vitest";
import { engineType, type Form, type ProviderSchema } from "./form.ts";
import { providerSchema } from "./provider-schema.ts";
import { resourceSchema } from "./wire-schema.ts";

const inputs = {
  name: option(z.string(), "Name."),
  maxLength: option(z.int(), "Length.", 100),
  owner: option(z.nullable(z.string()), "Owner.", null),
  kind: option(z.enum(["camelCase", "other"]), "Kind.", "other"),
  labels: option(z.record(z.string(), z.string()), "Labels.", {}),
  members: option(
    z.array(z.strictObject({ user: option(z.string(), "User."), isAdmin: option(z.boolean(), "Admin.", false) })),
    "Members.",
    [],
  ),
  values: option(z.array(z.union([z.string(), z.strictObject({ hostName: option(z.string(), "Host.") })])), "Values."),
  rules: option(
    z.record(z.string(), z.array(z.strictObject({ note: option(z.nullable(z.string()), "Note.", null) }))),
    "Rules.",
    {},
  ),
  place: option(
    tagged({
      file: () => option(z.strictObject({ path: option(z.string(), "Path.") }), "File."),
      none: () => option(z.strictObject({}), "None."),
    }),
    "Place.",
  ),
  password: option(z.nullable(secretRef), "Password.", null),
};

const describeQueue = async (more: Record<string, z.ZodMiniType> = {}): Promise<ProviderSchema> =>
  providerSchema(
    await describeProvider({
      name: "queues",
      title: "Queues",
      description: "Queues.",
      version: "1.0.0",
      errors: async () => ({ default: {} }),
      types: {
        queue: async () => ({
          default: defineResource({
            type: "queue",
            description: "A queue.",
            requireState: false,
            identity: ["name"],
            connection: z.strictObject({ host: option(z.string(), "Host."), port: option(z.int(), "Port.", 1) }),
            inputs: { ...inputs, ...more },
            outputs: { name: option(z.string(), "Name."), queueId: option(z.int(), "Id.") },
            immutable: {},
            stableOutputs: ["name"],
            leastRights: "None.",
            example: { name: "jobs", values: ["a"], place: { none: {} } },
            exampleConnection: { host: "localhost" },
            label: ({ name }) => name,
            connectReader: async () => ({ [Symbol.asyncDispose]: async () => undefined }),
            connectWriter: async () => ({ [Symbol.asyncDispose]: async () => undefined }),
            read: async () => undefined,
            create: async () => undefined,
            update: async () => undefined,
            delete: async () => undefined,
          }),
        }),
      },
    }),
  );

async function formOfInput(name: string): Promise<Form | undefined> {
  const { types } = await describeQueue();
  return types["queue"]?.inputs.fields.find(({ input }) => input === name)?.form;
}

test("names attributes in snake_case, and the type after provider and resource type", async () => {
  const { name, types } = await describeQueue();
  expect(name).toBe("nixops4-queues");
  expect(types["queue"]?.inputs.fields.map((field) => field.name)).toEqual([
    "name",
    "max_length",
    "owner",
    "kind",
    "labels",
    "members",
    "values",
    "rules",
    "place",
    "password",
    "adopt",
    "adopt_from",
    "deletion",
    "timeout_seconds",
  ]);
});

test.each([
  ["name", "string"],
  ["maxLength", "number"],
  ["owner", "string"],
  ["kind", "string"],
  ["labels", ["map", "string"]],
  ["members", ["list", ["object", { user: "string", is_admin: "bool" }]]],
  ["values", "dynamic"],
  ["rules", "dynamic"],
  ["place", ["object", { file: ["object", { path: "string" }], none: ["object", {}] }]],
])("maps the input %s to the type %j", async (input, type) => {
  const form = await formOfInput(input);
  expect(form && engineType(form)).toEqual(type);
});

test("maps a reference to a secret to an object of its kinds", async () => {
  const form = await formOfInput("password");
  expect(form).toMatchObject({ kind: "object", isChoice: true });
  expect(form?.kind === "object" ? form.fields.map(({ name }) => name) : []).toEqual([
    "file",
    "env",
    "credential",
    "command",
    "age",
    "sops",
    "store",
  ]);
});

test("requires what has no default, and computes what has one other than null", async () => {
  const provider = await describeQueue();
  const queue = provider.types["queue"];
  if (queue === undefined) throw new Error("The type is missing.");
  const { attributes } = resourceSchema(queue, provider).block;
  const rights = Object.fromEntries(
    attributes.map(({ name, required = false, optional = false, computed = false }) => [
      name,
      [required && "required", optional && "optional", computed && "computed"].filter(Boolean).join(" "),
    ]),
  );
  expect(rights).toMatchObject({
    name: "required",
    max_length: "optional computed",
    owner: "optional",
    adopt_from: "optional",
    connection_override: "optional",
    outputs: "computed",
  });
  const members = attributes.find(({ name }) => name === "members");
  expect(members?.nested_type?.nesting).toBe("LIST");
  expect(members?.nested_type?.attributes.map(({ name, required }) => [name, required ?? false])).toEqual([
    ["user", true],
    ["is_admin", false],
  ]);
});

test("keeps the example of required inputs that do not identify the object", async () => {
  const { types } = await describeQueue();
  expect(types["queue"]?.example).toEqual({ values: ["a"], place: { none: {} } });
});

test.each([
  ["count", "`count` is reserved by the engine"],
  ["dependsOn", "`depends_on` is reserved by the engine"],
  ["outputs", "`outputs` is an attribute of every resource"],
  ["max_length", "`max_length` is the name of two inputs"],
])("rejects an input with the name %s", async (name, reason) => {
  const more = { [name]: option(z.boolean(), "Wrong.", false) };
  await expect(describeQueue(more)).rejects.toThrow(`Unable to map nixops4-queues_queue to OpenTofu: ${reason}.`);
});
