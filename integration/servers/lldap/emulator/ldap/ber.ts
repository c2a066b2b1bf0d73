/** One value of BER. */
export interface Element {
  readonly tag: number;
  readonly content: Buffer;
}

/** Bytes that are no message of LDAP. lldap closes the connection. */
export class Malformed extends Error {
  override readonly name = "Malformed";
}

/** Source: the crate ldap3_proto 0.7.1, src/lib.rs: DEFAULT_MAX_BER_SIZE */
const longest = 32 * 1024;

/** Joins the bytes of a connection to elements, however they are split. */
export class ElementReader {
  #pending: Buffer = Buffer.alloc(0);

  /** The elements that are complete now. Throws `Malformed`. */
  push(bytes: Buffer): Element[] {
    this.#pending = Buffer.concat([this.#pending, bytes]);
    const elements: Element[] = [];
    for (;;) {
      const extent = extentOf(this.#pending);
      if (extent === undefined) return elements;
      if (extent.end > longest) throw new Malformed("The message is too long");
      if (extent.end > this.#pending.length) return elements;
      elements.push({ tag: this.#pending.readUInt8(0), content: this.#pending.subarray(extent.start, extent.end) });
      this.#pending = this.#pending.subarray(extent.end);
    }
  }
}

/** The elements of a constructed one. */
export function elementsOf({ tag, content }: Element): Element[] {
  if ((tag & 0x20) === 0) throw new Malformed(`An element of tag ${tag} has no parts`);
  const elements: Element[] = [];
  for (let rest = content; rest.length > 0;) {
    const extent = extentOf(rest);
    if (extent === undefined || extent.end > rest.length) throw new Malformed("An element is cut off");
    elements.push({ tag: rest.readUInt8(0), content: rest.subarray(extent.start, extent.end) });
    rest = rest.subarray(extent.end);
  }
  return elements;
}

/** The text of a primitive element. */
export function textOf({ tag, content }: Element): string {
  if ((tag & 0x20) !== 0) throw new Malformed(`An element of tag ${tag} is no text`);
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(content);
  } catch (error) {
    throw new Malformed("A text is not UTF-8", { cause: error });
  }
}

export function numberOf({ content }: Element): number {
  if (content.length === 0 || content.length > 4) throw new Malformed("A number has 1 to 4 bytes");
  return content.readIntBE(0, content.length);
}

/** Where the content of the first element is; undefined if even its length is not there yet. */
function extentOf(bytes: Buffer): { start: number; end: number } | undefined {
  if (bytes.length < 2) return undefined;
  const first = bytes.readUInt8(1);
  if (first < 0x80) return { start: 2, end: 2 + first };
  const count = first & 0x7f;
  if (count === 0 || count > 4) throw new Malformed("The form of a length is not supported");
  const start = 2 + count;
  return bytes.length < start ? undefined : { start, end: start + bytes.readUIntBE(2, count) };
}
