import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ajvDraft04 from "ajv-draft-04";
import { describe, expect, test } from "vitest";
import { explain } from "../serve/explain.ts";
import { messages, parseRequest } from "./wire.ts";

const extant = { type: "role", inputProperties: { name: "app" } };
const bodies = {
  create: { type: "role", inputProperties: {}, isStateful: false },
  update: { resource: extant, inputProperties: {} },
  stateRead: { resource: extant },
  stateEvent: { resource: extant, event: "create", nixopsVersion: "0.1.0", patch: [] },
  destroy: { resource: { ...extant, outputProperties: {} } },
  planDestroy: { resource: extant },
  read: { resource: extant },
  plan: { type: "role", inputProperties: {}, resource: null },
  list: { type: "role", inputProperties: {} },
  describe: {},
};
type Kind = keyof typeof bodies;
const kinds = Object.keys(bodies).filter((kind): kind is Kind => kind in bodies);
const refusal = (line: string): string => {
  try {
    parseRequest(line);
    return "no error";
  } catch (error) {
    return explain(error, "read the request");
  }
};

describe("requests", () => {
  test.each(kinds)("parses %s as it was sent", (kind) => {
    const line = JSON.stringify({ [messages[kind].request]: bodies[kind] });
    expect(parseRequest(line)).toEqual({ kind, body: bodies[kind] });
  });

  test("treats null outputs as absent", () => {
    expect(
      refusal('{"destroyResourceRequest":{"resource":{"type":"a","inputProperties":{},"outputProperties":null}}}'),
    ).toBe("no error");
  });

  test.each([
    ["", "the line is not JSON"],
    ["[]", "not a JSON object with one key"],
    ["{}", "the request is empty"],
    ['{"fooRequest":{}}', 'there is no request "fooRequest"'],
    ['{"readResourceRequest":{},"describeProviderRequest":{}}', "only one request is allowed"],
    ['{"createResourceRequest":[]}', '"createResourceRequest" must be an object'],
    [
      '{"createResourceRequest":{"type":"a","inputProperties":{}}}',
      '"createResourceRequest.isStateful" must be a boolean',
    ],
    [
      '{"createResourceRequest":{"type":1,"inputProperties":{},"isStateful":true}}',
      '"createResourceRequest.type" must be a string',
    ],
    ['{"createResourceRequest":{"type":"a","inputProperties":{},"isStateful":true,"x":1}}', 'has no field "x"'],
    [
      '{"readResourceRequest":{"resource":{"type":"a"}}}',
      '"readResourceRequest.resource.inputProperties" must be an object',
    ],
    ['{"describeProviderRequest":{"x":1}}', 'has no field "x"'],
  ])("rejects %j: %s", (line, reason) => {
    expect(refusal(line)).toContain(reason);
  });
});

const specs = process.env["NIXOPS4_RESOURCES_SPECS"] ?? join(import.meta.dirname, "../../../../../shared/specs");

const schemaOf = (file: string) => {
  const ajv = new ajvDraft04.default({ strict: false, validateFormats: false });
  // The schema refers to this address. Any list of operations is a patch here.
  ajv.addSchema({ type: "array", items: { type: "object" } }, "https://json.schemastore.org/json-patch.json");
  const {
    $schema: _draft,
    $id: _id,
    ...schema
  }: Record<string, unknown> = JSON.parse(readFileSync(join(specs, "nixops4", file), "utf8"));
  ajv.addSchema(schema, "nixops4");
  // A definition, since the additionalProperties of the root reject every message.
  return (definition: string, value: unknown): boolean =>
    ajv.validate({ $ref: `nixops4#/definitions/${definition}` }, value);
};

describe.skipIf(!existsSync(join(specs, "nixops4")))("NixOps4's own schema (skipped without its file)", () => {
  test.each(kinds.filter((kind) => messages[kind].isExtension !== true))("accepts %s as we parse it", (kind) => {
    const accepts = schemaOf("resource-schema-v0.json");
    expect(accepts("Request", { [messages[kind].request]: bodies[kind] })).toBe(true);
    expect(accepts("Request", { [messages[kind].request]: { ...bodies[kind], unheardOf: 1 } })).toBe(false);
  });

  test("accepts destroy according to upstream's proposal", () => {
    expect(schemaOf("resource-schema-v0.destroy.json")("Request", { destroyResourceRequest: bodies.destroy })).toBe(
      true,
    );
    expect(schemaOf("resource-schema-v0.destroy.json")("Response", { [messages.destroy.response]: {} })).toBe(true);
  });

  test("parses upstream's example request", () => {
    const example: unknown = JSON.parse(
      readFileSync(join(specs, "nixops4/examples/v0/CreateResourceRequest.json"), "utf8"),
    );
    expect(parseRequest(JSON.stringify({ createResourceRequest: example })).kind).toBe("create");
  });
});
