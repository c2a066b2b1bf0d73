/**
 * The mark that every created object carries in its own backend (docs/adr/003-ownership.md). A provider only decides
 * where to store it: in a comment, a tag or a TXT record.
 */
export interface Mark {
  /** Name of the deployment that manages the object. */
  readonly managedBy: string;
  /** The resource type, such as `database`. */
  readonly type: string;
  /** Present if the deployment adopted the object and did not create it. Destroying then keeps the object. */
  readonly adopted?: true;
}

const prefix = "nixops4:";

/** `nixops4:{"v":1,"managedBy":"...","type":"..."}`, on one line. */
export function encodeMark({ managedBy, type, adopted }: Mark): string {
  return prefix + JSON.stringify({ v: 1, managedBy, type, ...(adopted && { adopted }) });
}

/** The mark in a text that may contain a person's words on other lines; undefined if there is no mark. */
export function readMark(text: string | null | undefined): Mark | undefined {
  const line = text?.split("\n").find((candidate) => candidate.startsWith(prefix));
  return line === undefined ? undefined : decodeMark(line);
}

/** The text with its mark replaced or, for undefined, removed. Keeps a person's words; null if no text is left. */
export function withMark(text: string | null | undefined, mark: Mark | undefined): string | null {
  const words = (text ?? "").split("\n").filter((line) => !line.startsWith(prefix));
  const lines = [...(words.join("") === "" ? [] : words), ...(mark === undefined ? [] : [encodeMark(mark)])];
  return lines.length === 0 ? null : lines.join("\n");
}

/** A damaged mark, or one of a later version, still proves that the object belongs to a deployment. */
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
