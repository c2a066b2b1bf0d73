import { expect, test } from "vitest";
import type { JsonSchema } from "./nix-type.ts";
import * as z from "zod/mini";
import { describeProvider, type ProviderDescription, type TypeDescription } from "../serve/describe.ts";
import { option, withExample } from "../resource/option.ts";
import { defineResource } from "../resource/resource.ts";
import { secretRef } from "../secrets/ref.ts";
import { generateDocs } from "./docs.ts";
import { generateErrorDocs } from "./docs-errors.ts";
import { generateOutcomeDocs } from "./docs-outcomes.ts";
import { outcomes } from "../report/outcomes.ts";

const connection = z.strictObject({
  host: option(withExample(z.string(), "queue.example.org"), "Host of the server."),
  password: option(
    z.nullable(withExample(secretRef, { file: "/run/secrets/queue" })),
    "Password of the account.",
    null,
  ),
});

const queue = defineResource({
  type: "queue",
  description: "A message queue",
  requireState: false,
  identity: ["name"],
  connection,
  inputs: {
    name: option(z.string().check(z.regex(/^[a-z|-]{1,8}$/)), "Name of the queue."),
    note: option(z.nullable(z.string()), "Words for people.", null),
    depth: option(z.int().check(z.minimum(-1)), "Most messages at once; -1 sets no limit.", -1),
    order: option(z.enum(["fifo", "lifo"]), "Which message comes first.", "fifo"),
    readers: option(
      z.array(z.strictObject({ role: option(z.string(), "Role that reads."), share: option(z.number(), "Share.", 1) })),
      "Who reads.",
      [],
    ),
    settings: option(z.record(z.string(), z.string()), "Settings of the server, by name.", {}),
  },
  outputs: { id: option(z.string(), "Identifier that the server chose."), length: option(z.int(), "Messages now.") },
  immutable: {
    name: "Messages would be lost: drain the queue first",
    order: "Messages would be lost: drain the queue first",
  },
  stableOutputs: ["id"],
  leastRights: "- `MANAGE` on queues",
  example: { name: "mail", readers: [{ role: "app" }], settings: { "log.level": "warn" } },
  label: ({ name }) => name,
  connectReader: () => Promise.reject(new Error("not called")),
  connectWriter: () => Promise.reject(new Error("not called")),
  read: () => Promise.resolve(undefined),
  create: () => Promise.resolve(),
  update: () => Promise.resolve(),
  delete: () => Promise.resolve(),
});

const description = await describeProvider({
  name: "queues",
  title: "Queues",
  description: "Message queues.",
  version: "1.2.3",
  types: { queue: () => Promise.resolve({ default: queue }) },
  errors: () =>
    Promise.resolve({ default: { "queues.full": { meaning: "The queue is full", remedy: "Read from it." } } }),
});
const docs = generateDocs(description);

test("describe the type, the default and the meaning of each input", () => {
  expect(docs).toContain("| `note` | string, or null | `null` | Words for people. |");
  expect(docs).toContain("| `depth` | integer, at least -1 | `-1` | Most messages at once; -1 sets no limit. |");
  expect(docs).toContain('| `order` | `"fifo"` or `"lifo"` | `"fifo"` | Which message comes first. |');
  expect(docs).toContain("| `settings` | set of strings by name | `{ }` | Settings of the server, by name. |");
});

test("list the fields inside an input by their path", () => {
  expect(docs).toContain("| `connection.host` | string | **required** | Host of the server. |");
  expect(docs).toContain("| `readers` | list of sets | `[ ]` | Who reads. |");
  expect(docs).toContain("| `readers[].role` | string | **required** | Role that reads. |");
});

const only = (name: string, field: JsonSchema): JsonSchema => ({
  type: "object",
  properties: { [name]: field },
  required: [name],
});

const path: JsonSchema = { type: "string", description: "Path of a file." };
const size: JsonSchema = { type: "integer", description: "Size in bytes." };
const pool: JsonSchema = { ...only("size", size), description: "A pool." };
const empty: JsonSchema = { type: "object", properties: {}, description: "No place." };
const anyOf = [only("file", path), only("pool", pool), only("none", empty)];

test("have a table of the kinds of a choice, and one for the fields of each kind", () => {
  const from = { description: "Source.", anyOf };
  const chosen = generateDocs(withInputs({ properties: { from }, required: ["from"] }));
  expect(chosen).toContain(`
| \`from\` | exactly one of the kinds below | **required** | Source. |

Kinds of \`from\`, of which exactly one is set:

| kind | type | description |
| --- | --- | --- |
| \`from.file\` | string | Path of a file. |
| \`from.pool\` | set | A pool. |
| \`from.none\` | empty set | No place. |

With \`from.pool\`:

| input | type | default | description |
| --- | --- | --- | --- |
| \`from.pool.size\` | integer | **required** | Size in bytes. |

`);
});

test("have the same tables for a connection that is a choice", () => {
  const where: JsonSchema = { description: "Where.", anyOf, examples: [{ file: "/srv/queue" }] };
  const chosen = generateDocs(withInputs({ properties: { connection: where }, required: ["connection"] }));
  expect(chosen).toContain("| `connection.file` | string | Path of a file. |");
  expect(chosen).toContain("With `connection.pool`:\n\n| input | type | default | description |");
  expect(chosen).toContain("| `connection.pool.size` | integer | **required** | Size in bytes. |");
});

test.each<[JsonSchema, string]>([
  [{ type: "array", items: { type: "string", minLength: 1 } }, "list of non-empty strings"],
  [{ type: "array", minItems: 1, items: { type: "string" } }, "non-empty list of strings"],
  [{ type: "array", items: { anyOf: [{ type: "string" }, { type: "integer" }] } }, "list of (string or integer)"],
  [{ type: "object", additionalProperties: {} }, "set of JSON values by name"],
  [{ anyOf: [{ type: "string" }, { type: "null" }] }, "string, or null"],
])("name the type of %j", (schema, words) => {
  const inputs = { properties: { it: { ...schema, description: "It." } }, required: ["it"] };
  expect(generateDocs(withInputs(inputs))).toContain(`| \`it\` | ${words} | **required** | It. |`);
});

test("say which types a destroy retains by default", () => {
  const { queue: type } = description.resourceTypes;
  if (type === undefined) throw new Error("the description has no queue");
  const retained = { ...description, resourceTypes: { queue: { ...type, retainedByDefault: true } } };
  expect(generateDocs(retained)).toContain('Destroying retains it by default: set `deletion = "delete"` to delete it.');
  expect(generateDocs(retained)).toContain("Destroying resources of the type `queue` retains them unless");
  expect(docs).not.toContain("retains it by default");
});

test("escape a bar in a pattern", () => {
  expect(docs).toContain("| `name` | string matching `[a-z\\|-]{1,8}` | **required** | Name of the queue. |");
});

test("link a secret reference to its section, without its kinds as inputs", () => {
  expect(docs).toContain("| `connection.password` | [secret reference](#secret-references), or null | `null` |");
  expect(docs).toContain("## Secret references");
  expect(docs).not.toContain("connection.password.file` |");
});

test("list immutable inputs, stable outputs and least rights", () => {
  expect(docs).toContain("- `name`, `order`: Messages would be lost: drain the queue first.");
  expect(docs).toContain("| `id` | string | never | Identifier that the server chose. |");
  expect(docs).toContain("| `length` | integer | may | Messages now. |");
  expect(docs).toContain("### Least rights for queue\n\n- `MANAGE` on queues\n");
});

test("show an example as people write it", () => {
  expect(docs).toContain(`\`\`\`nix
providers.queues = {
  imports = [ resources.modules.nixops4Provider.queues ];
  managedBy = "my-deployment";
  connection.host = "queue.example.org";
  connection.password.file = "/run/secrets/queue";
};

members.my_queue = {
  type = providers.queues.queue;
  inputs.name = "mail";
  inputs.readers = [
    { role = "app"; }
  ];
  inputs.settings."log.level" = "warn";
};
\`\`\``);
});

test("mention neither a mark nor `list` for a type without marks", () => {
  expect(docs).toContain("Resources of the type `queue` carry no mark");
  expect(docs).not.toContain("list --type queue");
});

test("explain the provider's own errors and link the others", () => {
  expect(docs).toContain("| `queues.full` | The queue is full. | Read from it. |");
  expect(docs).not.toContain("`protocol.bug`");
  expect(docs).toContain("[`protocol`](../errors.md#protocol), [`secret`](../errors.md#secret).");
});

test("fail if an input has no description", () => {
  expect(() => generateDocs(withInputs({ properties: { bare: { type: "string" } }, required: ["bare"] }))).toThrow(
    "Unable to document bare: it has no description.",
  );
});

test("fail if the example has no value for a required input of the connection", () => {
  const port = { type: "integer", description: "Port." } as const;
  const where = { type: "object", description: "Where.", properties: { port }, required: ["port"] } as const;
  expect(() => generateDocs(withInputs({ properties: { connection: { ...where, required: ["port"] } } }))).toThrow(
    "connection.port is required and has no example",
  );
});

test("of outcomes contain each outcome with its meaning", () => {
  const text = generateOutcomeDocs();
  for (const [name, meaning] of Object.entries(outcomes)) expect(text).toContain(`| \`${name}\` | ${meaning} |`);
});

test("of errors contain every code once, under its family", () => {
  const errors = generateErrorDocs([description.errors, description.errors]);
  expect(errors.match(/^### queues\.full$/gm)).toHaveLength(1);
  expect(errors).toContain("## queues\n\n### queues.full\n\nThe queue is full.\n\n**What to do:** Read from it.\n");
  expect(errors).toContain("### protocol.bug");
});

test("of errors fail if a code has two meanings", () => {
  const other = { "queues.full": { meaning: "Another thing.", remedy: "Another." } };
  expect(() => generateErrorDocs([description.errors, other])).toThrow("two catalogues explain it differently");
});

function withInputs(inputs: TypeDescription["inputs"]): ProviderDescription {
  const resource = description.resourceTypes["queue"];
  if (resource === undefined) throw new Error("the description has no queue");
  return { ...description, resourceTypes: { queue: { ...resource, inputs } } };
}
