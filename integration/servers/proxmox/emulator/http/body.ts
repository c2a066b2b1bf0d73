import type { IncomingMessage } from "node:http";
import { notEmulated, Refusal } from "../refusal.ts";

/** Limit of a body that is no upload. Reference: section 1.2 */
const limit = 512 * 1024;

/** Rejects a body before it is read. Reference: section 1.2 */
export function checkFraming(request: IncomingMessage): void {
  const method = request.method ?? "";
  if (request.headers["transfer-encoding"] !== undefined) {
    throw new Refusal(501, "chunked transfer encoding not supported", { isBare: true });
  }
  const length = lengthOf(request);
  if (length > 0 && method !== "POST" && method !== "PUT") {
    throw new Refusal(501, `Unexpected content for method '${method}'`, { isBare: true });
  }
}

/** Without Content-Length the body counts as empty. Reference: section 13, upload */
export const lengthOf = (request: IncomingMessage): number => Number(request.headers["content-length"] ?? 0);

/** Parameters by name. */
export type Given = readonly (readonly [string, string])[];

/** The types of Perl that JSON values have and texts do not. */
export type Kinds = ReadonlyMap<string, "ARRAY" | "JSON::PP::Boolean">;

export interface Body {
  readonly values: Given;
  readonly kinds: Kinds;
}

const ofForm = (values: Given): Body => ({ values, kinds: new Map() });

/** The parameters in a body, as a form or as JSON. */
export async function bodyParameters(request: IncomingMessage): Promise<Body> {
  if (lengthOf(request) === 0) return ofForm([]);
  if (lengthOf(request) > limit) throw new Refusal(501, "for data too large", { isBare: true });
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  const text = Buffer.concat(chunks).toString("utf8");
  const type = request.headers["content-type"]?.split(";")[0]?.trim().toLowerCase();
  if (type === "application/json") return jsonParameters(text);
  if (type === undefined || type === "application/x-www-form-urlencoded") return ofForm(formParameters(text));
  throw new Refusal(500, `got unsupported content type '${type}'`);
}

/** A repeated name becomes a list. Source: PVE/APIServer/AnyEvent.pm: decode_urlencoded */
export function formParameters(text: string): [string, string][] {
  const values = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(text)) {
    const before = values.get(name);
    values.set(name, before === undefined ? value : `${before}\0${value}`);
  }
  return [...values];
}

function jsonParameters(text: string): Body {
  const parsed: unknown = parse(text);
  if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed)) {
    throw notEmulated("a JSON body that is no object");
  }
  const entries: [string, unknown][] = Object.entries(parsed);
  const kinds = entries.flatMap(([name, value]): [string, "ARRAY" | "JSON::PP::Boolean"][] => {
    if (Array.isArray(value)) return [[name, "ARRAY"]];
    return typeof value === "boolean" ? [[name, "JSON::PP::Boolean"]] : [];
  });
  return { values: entries.map(([name, value]) => [name, valueOf(name, value)]), kinds: new Map(kinds) };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Refusal(500, `invalid JSON: ${String(error)}`);
  }
}

/** Booleans and arrays are accepted. Reference: section 1.2 */
function valueOf(name: string, value: unknown): string {
  if (typeof value === "string") return value;
  if (typeof value === "boolean") return value ? "1" : "0";
  if (typeof value === "number") return String(value);
  if (Array.isArray(value)) return value.map((part) => valueOf(name, part)).join("\0");
  throw notEmulated(`the JSON value of ${name}`);
}
