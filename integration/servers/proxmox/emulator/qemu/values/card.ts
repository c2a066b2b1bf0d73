import { createHash, randomBytes } from "node:crypto";
import { words } from "../../words.ts";

/** A network card of a VM. */
export interface Card {
  readonly model: string;
  readonly macaddr: string;
  readonly options: ReadonlyMap<string, string>;
}

const models = new Set(
  words(`
    e1000 e1000-82540em e1000-82544gc e1000-82545em e1000e i82551 i82557b i82559er ne2k_isa ne2k_pci pcnet rtl8139 virtio
    vmxnet3
  `),
);

/** Without a MAC a new one is made each time. Source: PVE/QemuServer/Network.pm: parse_net */
export function parseCard(text: string): Card {
  let model = "";
  let macaddr = "";
  const options = new Map<string, string>();
  for (const part of text.split(",").filter((candidate) => candidate.trim() !== "")) {
    const [, name, value = ""] = /^([^=]+)=(.+)$/s.exec(part) ?? [];
    if (name === undefined) model = part;
    else if (models.has(name)) [model, macaddr] = [name, value];
    else if (name === "model") model = value;
    else if (name === "macaddr") macaddr = value;
    else options.set(name, value);
  }
  return { model, macaddr: macaddr === "" ? randomMac() : macaddr, options };
}

export function printCard({ model, macaddr, options }: Card): string {
  const sorted = [...options].sort(([one], [other]) => (one < other ? -1 : 1));
  return [`${model}=${macaddr}`, ...sorted.map(([name, value]) => `${name}=${value}`)].join(",");
}

/** With the prefix of Proxmox. Reference: the check "MAC given BC:24:11" */
export function randomMac(): string {
  const digits = createHash("sha1").update(randomBytes(16)).digest("hex").toUpperCase();
  return `BC:24:11:${digits.slice(0, 2)}:${digits.slice(2, 4)}:${digits.slice(4, 6)}`;
}
