import { ProviderError } from "../report/error.ts";

export type Properties = Record<string, unknown>;

/** A resource that was applied before. An older version of the schema may have written its inputs. */
export interface ExtantResource {
  type: string;
  inputProperties: Properties;
  outputProperties?: Properties;
}

/** The body of each request. */
export interface Requests {
  create: { type: string; inputProperties: Properties; isStateful: boolean };
  update: { resource: ExtantResource; inputProperties: Properties };
  stateRead: { resource: ExtantResource };
  stateEvent: { resource: ExtantResource; event: string; nixopsVersion: string; patch: unknown[] };
  destroy: { resource: ExtantResource };
  planDestroy: { resource: ExtantResource };
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
  /** Whether this suite defines it, and not NixOps4's protocol v0. */
  isExtension?: true;
  body: Record<string, Field>;
}

/** Names an existing resource. */
const existing: Message["body"] = { resource: "resource" };
/** What NixOps4 knows of every resource. */
const declared: Message["body"] = { type: "string", inputProperties: "object" };

/**
 * Every message, each an object with one key. No other place contains the names, so a new name upstream changes one line.
 * Source: https://nixops.dev/manual/development/schema/resource-schema-v0.json. `destroy` is upstream's proposal
 * https://github.com/nixops4/nixops4/pull/150; docs/adr/005-json-lines-and-extensions.md describes the other extensions.
 */
export const messages: Record<Kind, Message> = {
  create: {
    request: "createResourceRequest",
    response: "createResourceResponse",
    body: { ...declared, isStateful: "boolean" },
  },
  update: {
    request: "updateResourceRequest",
    response: "updateResourceResponse",
    body: { resource: "resource", inputProperties: "object" },
  },
  stateRead: {
    request: "stateResourceReadRequest",
    response: "stateResourceReadResponse",
    body: existing,
  },
  stateEvent: {
    request: "stateResourceEvent",
    response: "stateResourceEventResponse",
    body: { resource: "resource", event: "string", nixopsVersion: "string", patch: "array" },
  },
  destroy: {
    request: "destroyResourceRequest",
    response: "destroyResourceResponse",
    isExtension: true,
    body: existing,
  },
  planDestroy: {
    request: "planDestroyResourceRequest",
    response: "planDestroyResourceResponse",
    isExtension: true,
    body: existing,
  },
  read: {
    request: "readResourceRequest",
    response: "readResourceResponse",
    isExtension: true,
    body: existing,
  },
  plan: {
    request: "planResourceRequest",
    response: "planResourceResponse",
    isExtension: true,
    body: { ...declared, resource: "resource?" },
  },
  list: {
    request: "listResourcesRequest",
    response: "listResourcesResponse",
    isExtension: true,
    body: declared,
  },
  describe: {
    request: "describeProviderRequest",
    response: "describeProviderResponse",
    isExtension: true,
    body: {},
  },
};

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- Object.keys returns strings
const kinds = Object.keys(messages) as Kind[];
const kindOf = new Map(kinds.map((kind) => [messages[kind].request, kind]));

/** Whether a line may have a tagged request (tagged.ts). It is a cheap look, since most processes get one plain request. */
export const looksTagged = (line: string): boolean => /^\s*\{\s*"taggedRequest"\s*:/.test(line);

/** Parses the request in a line of input. Throws a ProviderError that describes the fault. */
export function parseRequest(line: string): Request {
  let message: unknown;
  try {
    message = JSON.parse(line);
  } catch (cause) {
    throw malformed("the line is not JSON", cause);
  }
  if (!isObject(message)) throw malformed("the line is not a JSON object with one key");
  const keys = Object.keys(message);
  const known = keys.filter((name) => kindOf.has(name));
  const [key = ""] = known;
  const kind = kindOf.get(key);
  if (kind === undefined) {
    throw new ProviderError(
      keys.length === 0 ? "the request is empty" : `there is no request ${keys.map(quote).join(", ")}`,
      { code: "protocol.request.unknown", hint: `Use one of ${[...kindOf.keys()].join(", ")}` },
    );
  }
  if (known.length > 1)
    throw malformed(`it contains ${known.map(quote).join(" and ")}, but only one request is allowed`);
  checkBody(message[key], messages[kind].body, key);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- checked against `messages`, which `Requests` mirrors
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
  checkBody(rest, declared, where);
  // A resource that was never stored has no outputs; null means the same.
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
    hint: "Send each request as one line of JSON, as NixOps4's resource protocol v0 defines it",
    cause,
  });
}
