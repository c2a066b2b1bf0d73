import { Refusal } from "../refusal.ts";

/** A part without a file, or the head of the file's part, whose content follows. */
export type Part =
  | { readonly kind: "field"; readonly name: string; readonly value: string }
  | { readonly kind: "file"; readonly fileName: string };

/** The fields before the file, in the only order that the real server understands. Reference: section 13, upload */
const order = ["content", "checksum-algorithm", "checksum"];

/** Reads the parts of an upload; what follows the file is ignored. */
export class MultipartReader {
  readonly #boundary: string;
  readonly #fields = new Map<string, string>();
  readonly #write: (chunk: Buffer) => void;
  readonly #open: () => void;
  #rest = Buffer.alloc(0);
  #state: "fields" | "file" | "end" = "fields";
  fileName: string | undefined;

  /** `open` is called before the first byte of the file, `write` with each piece of it. */
  constructor(boundary: string, open: () => void, write: (chunk: Buffer) => void) {
    this.#boundary = boundary;
    this.#open = open;
    this.#write = write;
  }

  get fields(): ReadonlyMap<string, string> {
    return this.#fields;
  }

  push(chunk: Buffer): void {
    if (this.#state === "end") return;
    this.#rest = Buffer.concat([this.#rest, chunk]);
    if (this.#state === "fields") this.#readFields();
    if (this.fileName !== undefined) this.#readFile();
  }

  #readFields(): void {
    for (let part = this.#nextPart(); part !== undefined; part = this.#nextPart()) {
      if (part.kind === "file") {
        this.fileName = part.fileName;
        this.#state = "file";
        this.#open();
        return;
      }
      const isInOrder =
        order.indexOf(part.name) > Math.max(-1, ...[...this.#fields.keys()].map((name) => order.indexOf(name)));
      // No proper answer, either.
      if (!isInOrder) throw new Refusal(500, "unexpected part", { isBare: true });
      this.#fields.set(part.name, part.value);
    }
  }

  #nextPart(): Part | undefined {
    const headEnd = this.#rest.indexOf("\r\n\r\n");
    if (headEnd === -1) return undefined;
    const head = this.#rest.toString("utf8", 0, headEnd);
    if (!head.startsWith(`--${this.#boundary}\r\n`)) throw new Refusal(500, "boundary expected", { isBare: true });
    const [, name = ""] = /[; ]name="([^"]*)"/.exec(head) ?? [];
    const [, fileName] = /filename="([^"]*)"/.exec(head) ?? [];
    if (fileName !== undefined) {
      this.#rest = this.#rest.subarray(headEnd + 4);
      return { kind: "file", fileName };
    }
    const valueEnd = this.#rest.indexOf(`\r\n--${this.#boundary}`, headEnd + 4);
    if (valueEnd === -1) return undefined;
    const value = this.#rest.toString("utf8", headEnd + 4, valueEnd);
    this.#rest = this.#rest.subarray(valueEnd + 2);
    return { kind: "field", name, value };
  }

  #readFile(): void {
    const delimiter = `\r\n--${this.#boundary}`;
    const end = this.#rest.indexOf(delimiter);
    if (end !== -1) {
      this.#write(this.#rest.subarray(0, end));
      this.#rest = Buffer.alloc(0);
      this.#state = "end";
      return;
    }
    const sure = this.#rest.length - delimiter.length;
    if (sure <= 0) return;
    this.#write(this.#rest.subarray(0, sure));
    this.#rest = this.#rest.subarray(sure);
  }
}
