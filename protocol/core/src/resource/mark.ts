/**
 * The mark that everything we make carries in its own backend (docs/adr/003-ownership.md). A provider only says where
 * it is kept: in a comment, a tag, a TXT record.
 */
export interface Mark {
  /** Name of the deployment that manages the thing. */
  readonly managedBy: string;
  /** The resource type, such as `database`. */
  readonly type: string;
  /** There (and true) where the deployment did not make the thing but took it over: destroying then keeps it. */
  readonly adopted?: true;
}

const prefix = "nixops4:";

/** `nixops4:{"v":1,"managedBy":"...","type":"..."}`, on one line. */
export function encodeMark({ managedBy, type, adopted }: Mark): string {
  return prefix + JSON.stringify({ v: 1, managedBy, type, ...(adopted && { adopted }) });
}

/** The mark in a text that may hold a person's words on other lines; undefined where there is none. */
export function readMark(text: string | null | undefined): Mark | undefined {
  const line = text?.split("\n").find((candidate) => candidate.startsWith(prefix));
  return line === undefined ? undefined : decodeMark(line);
}

/** The text with our mark in place of an older one (or without any), a person's words kept; null where nothing is left. */
export function withMark(text: string | null | undefined, mark: Mark | undefined): string | null {
  const words = (text ?? "").split("\n").filter((line) => !line.startsWith(prefix));
  const lines = [...(words.join("") === "" ? [] : words), ...(mark === undefined ? [] : [encodeMark(mark)])];
  return lines.length === 0 ? null : lines.join("\n");
}

/** A mark of a later version, or a damaged one, still says that the thing is not free to take. */
function decodeMark(line: string): Mark {
  const unreadable = { managedBy: "(unreadable mark)", type: "" };
  let value: unknown;
  try {
    value = JSON.parse(line.slice(prefix.length));
  } catch {
    return unreadable;
  }
  if (typeof value !== "object" || value === null || !("managedBy" in value) || !("type" in value)) return unreadable;
  if (typeof value.managedBy !== "string" || typeof value.type !== "string") return unreadable;
  const adopted = "adopted" in value && value.adopted === true;
  return { managedBy: value.managedBy, type: value.type, ...(adopted && { adopted }) };
}
