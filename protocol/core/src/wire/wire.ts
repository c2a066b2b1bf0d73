import { ProviderError } from "../report/error.ts";

export type Properties = Record<string, unknown>;

/** A resource as somebody remembers it: its inputs may have been written by an older version of the schema. */
export interface ExtantResource {
  type: string;
  inputProperties: Properties;
  outputProperties?: Properties;
}

/** What each request carries. */
export interface Requests {
  create: { type: string; inputProperties: Properties; isStateful: boolean };
  update: { resource: ExtantResource; inputProperties: Properties };
  stateRead: { resource: ExtantResource };
  stateEvent: { resource: ExtantResource; event: string; nixopsVersion: string; patch: unknown[] };
  destroy: { resource: ExtantResource };
  read: { resource: ExtantResource };
  plan: { type: string; inputProperties: Properties; resource?: ExtantResource };
  list: { type: string; inputProperties: Properties };
  describe: Record<string, never>;
}

export type Kind = keyof Requests;
export type Request = { [K in Kind]: { kind: K; body: Requests[K] } }[Kind];

type Field = "string" | "boolean" | "object" | "array" | "resource" | "resource?";

interface Message {
  request: string;
  response: string;
  /** Whether NixOps4's protocol v0 has it; the others are ours. */
  origin: "v0" | "extension";
  body: Record<string, Field>;
}

/**
 * Every message, each an object with one key. The only place that knows their names, so that a new name upstream is one
 * line here. Source: https://nixops.dev/manual/development/schema/resource-schema-v0.json; `destroy` is upstream's
 * proposal https://github.com/nixops4/nixops4/pull/150; docs/adr/005-json-lines-and-extensions.md has the others.
 */
export const messages: Record<Kind, Message> = {
  create: {
    request: "createResourceRequest",
    response: "createResourceResponse",
    origin: "v0",
    body: { type: "string", inputProperties: "object", isStateful: "boolean" },
  },
  update: {
    request: "updateResourceRequest",
    response: "updateResourceResponse",
    origin: "v0",
    body: { resource: "resource", inputProperties: "object" },
  },
  stateRead: {
    request: "stateResourceReadRequest",
    response: "stateResourceReadResponse",
    origin: "v0",
    body: { resource: "resource" },
  },
  stateEvent: {
    request: "stateResourceEvent",
    response: "stateResourceEventResponse",
    origin: "v0",
    body: { resource: "resource", event: "string", nixopsVersion: "string", patch: "array" },
  },
  destroy: {
    request: "destroyResourceRequest",
    response: "destroyResourceResponse",
    origin: "extension",
    body: { resource: "resource" },
  },
  read: {
    request: "readResourceRequest",
    response: "readResourceResponse",
    origin: "extension",
    body: { resource: "resource" },
  },
  plan: {
    request: "planResourceRequest",
    response: "planResourceResponse",
    origin: "extension",
    body: { type: "string", inputProperties: "object", resource: "resource?" },
  },
  list: {
    request: "listResourcesRequest",
    response: "listResourcesResponse",
    origin: "extension",
    body: { type: "string", inputProperties: "object" },
  },
  describe: {
    request: "describeProviderRequest",
    response: "describeProviderResponse",
    origin: "extension",
    body: {},
  },
};

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- Object.keys forgets what the keys of `messages` are
const kinds = Object.keys(messages) as Kind[];
const kindOf = new Map(kinds.map((kind) => [messages[kind].request, kind]));

/** The request in a line of input. Throws a ProviderError that says what is wrong with it. */
export function parseRequest(line: string): Request {
  let message: unknown;
  try {
    message = JSON.parse(line);
  } catch (cause) {
    throw malformed("the line is not JSON", cause);
  }
  if (!isObject(message)) throw malformed("a request is a JSON object with one key");
  const keys = Object.keys(message);
  const known = keys.filter((name) => kindOf.has(name));
  const [key = ""] = known;
  const kind = kindOf.get(key);
  if (kind === undefined) {
    throw new ProviderError(
      keys.length === 0 ? "the request is empty" : `there is no request ${keys.map(quote).join(", ")}`,
      { code: "protocol.request.unknown", hint: `This provider answers ${[...kindOf.keys()].join(", ")}` },
    );
  }
  if (known.length > 1) throw malformed(`it has ${known.map(quote).join(" and ")}, and may have only one`);
  checkBody(message[key], messages[kind].body, key);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- checked against the registry, which `Requests` spells out
  return { kind, body: message[key] } as Request;
}

function checkBody(body: unknown, fields: Record<string, Field>, where: string): asserts body is Properties {
  if (!isObject(body)) throw malformed(`${quote(where)} must be an object`);
  for (const name of Object.keys(body)) {
    if (!Object.hasOwn(fields, name)) throw malformed(`${quote(where)} has no field ${quote(name)}`);
  }
  for (const [name, field] of Object.entries(fields)) checkField(body[name], field, `${where}.${name}`);
}

function checkField(value: unknown, field: Field, where: string): void {
  switch (field) {
    case "resource?":
      if (value !== undefined && value !== null) checkExtant(value, where);
      return;
    case "resource":
      checkExtant(value, where);
      return;
    case "object":
      if (!isObject(value)) throw malformed(`${quote(where)} must be an object`);
      return;
    case "array":
      if (!Array.isArray(value)) throw malformed(`${quote(where)} must be an array`);
      return;
    case "string":
    case "boolean":
      if (typeof value !== field) throw malformed(`${quote(where)} must be a ${field}`);
  }
}

function checkExtant(value: unknown, where: string): void {
  const { outputProperties, ...rest } = isObject(value) ? value : {};
  checkBody(rest, { type: "string", inputProperties: "object" }, where);
  // Absent from a resource that was never stored; null means the same.
  if (outputProperties !== undefined && outputProperties !== null) {
    checkField(outputProperties, "object", `${where}.outputProperties`);
  }
}

export function isObject(value: unknown): value is Properties {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

const quote = (name: string): string => `"${name}"`;

function malformed(reason: string, cause?: unknown): ProviderError {
  return new ProviderError(reason, {
    code: "protocol.request.malformed",
    hint: "One request is one line of JSON, as NixOps4's resource protocol v0 describes it",
    cause,
  });
}
