// Which VM is ours (docs/adr/015-proxmox-machines.md).
import { createHash } from "node:crypto";
import { uuidOf } from "./uuid.ts";

/** What names a VM in the inputs. */
export interface Named {
  readonly managedBy: string;
  readonly name: string;
}

/** Values that follow from deployment and name alone, so that a repeated request meets the same VM. */
export class Identity {
  /** The UUID in the SMBIOS of a VM that we create. */
  readonly uuid: string;
  /** The tag that finds it in a list. */
  readonly tag: string;
  readonly #hash: Buffer;

  constructor({ managedBy, name }: Named) {
    const text = `${managedBy}/${name}`;
    this.uuid = uuidOf(text);
    this.#hash = createHash("sha256").update(text).digest();
    this.tag = `nixops4.${this.#hash.toString("hex", 0, 8)}`;
  }

  /** The ids of the range, beginning with one that depends on the identity. */
  *vmids({ first, last }: { readonly first: number; readonly last: number }): Generator<number> {
    const size = last - first + 1;
    const start = this.#hash.readUIntBE(8, 6) % size;
    for (let step = 0; step < size; step++) yield first + ((start + step) % size);
  }

  /** One of these nodes. */
  nodeOf(nodes: readonly string[]): string {
    const node = nodes[this.#hash.readUIntBE(14, 4) % nodes.length];
    if (node === undefined) throw new TypeError("There is no node");
    return node;
  }

  /** A MAC address with the prefix of Proxmox for a card, so that it is known before the VM exists. */
  macOf(slot: string): string {
    const [one, two, three] = createHash("sha256").update(`${this.uuid}/${slot}`).digest();
    return ["BC", "24", "11", ...[one, two, three].map((byte) => (byte ?? 0).toString(16).padStart(2, "0"))]
      .join(":")
      .toUpperCase();
  }
}

/** Begins the tags of VMs that this provider manages. */
export const isOwnTag = (tag: string): boolean => /^nixops4\.[0-9a-f]{16}$/.test(tag);
