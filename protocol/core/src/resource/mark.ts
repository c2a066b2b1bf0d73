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
  /** Members that this version does not know. They are kept, so that later versions can add some. */
  readonly more?: Readonly<Record<string, unknown>>;
}

/** The mark after another deployment took the object over. It did not create the object, so destroying keeps it. */
export const takenOver = (found: Omit<Mark, "managedBy">, by: string): Mark => ({
  ...found,
  managedBy: by,
  adopted: true,
});

const prefix = "nixops4:";

/** `nixops4:{"v":1,"managedBy":"...","type":"..."}`, on one line. */
export function encodeMark({ managedBy, type, adopted, more }: Mark): string {
  return prefix + JSON.stringify({ v: 1, managedBy, type, ...(adopted && { adopted }), ...more });
}

/** Whether two marks, or their absence, are the same. Used to prove that nobody has changed a mark since it was read. */
export function isSameMark(one: Mark | undefined, other: Mark | undefined): boolean {
  if (one === undefined || other === undefined) return one === other;
  return encodeMark(one) === encodeMark(other);
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
  if (typeof value !== "object" || value === null) return unreadable;
  const { managedBy, type, adopted, v: _version, ...more }: Record<string, unknown> = { ...value };
  if (typeof managedBy !== "string" || typeof type !== "string") return unreadable;
  return {
    managedBy,
    type,
    ...(adopted === true && { adopted }),
    ...(Object.keys(more).length > 0 && { more }),
  };
}
