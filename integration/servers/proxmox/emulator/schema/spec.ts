import { readFileSync } from "node:fs";
import { patternOf } from "../http/route.ts";

/** The part of Proxmox' JSON schema that verifies parameters. Reference: section 12 */
export interface Property {
  readonly type?: string;
  readonly optional?: number;
  readonly format?: string | Readonly<Record<string, Property>>;
  readonly enum?: readonly string[] | null;
  readonly minimum?: number | string;
  readonly maximum?: number | string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly requires?: string;
  readonly alias?: string;
  readonly keyAlias?: string;
  readonly default_key?: number;
}

export type Properties = Readonly<Record<string, Property>>;

interface Node {
  readonly path: string;
  readonly children?: readonly Node[];
  readonly info?: Readonly<
    Record<
      string,
      { readonly parameters?: { readonly properties?: Properties; readonly additionalProperties?: number } }
    >
  >;
}

/** Parameters that only the code of 9.2.11 has. Reference: section 12 */
const newer: Readonly<Record<string, Properties>> = {
  "PUT /access/users/{userid}/token/{tokenid}": { regenerate: { type: "boolean", optional: 1 } },
};

/** Proxmox' schema of its API: the parameters of each method. */
export class Spec {
  readonly #methods = new Map<string, Properties>();
  readonly #patterns: { readonly pattern: RegExp; readonly methods: readonly string[] }[] = [];

  constructor(file: string) {
    const tree: readonly Node[] = JSON.parse(readFileSync(file, "utf8"));
    for (const node of tree) this.#add(node);
  }

  /** Whether Proxmox VE has this method at this path, which may be no route of the emulator. */
  has(method: string, path: string): boolean {
    return this.#patterns.some(({ pattern, methods }) => methods.includes(method) && pattern.test(path));
  }

  /** The parameters of a method, with each index of a repeated one, such as `net0`. */
  parametersOf(method: string, template: string): Properties | undefined {
    const key = `${method} ${template}`;
    const properties = this.#methods.get(key);
    return properties === undefined ? undefined : { ...properties, ...newer[key] };
  }

  #add({ path, info = {}, children = [] }: Node): void {
    const methods = Object.keys(info);
    if (methods.length > 0) this.#patterns.push({ pattern: patternOf(path), methods });
    for (const [method, { parameters }] of Object.entries(info)) {
      this.#methods.set(`${method} ${path}`, withIndices(parameters?.properties ?? {}));
    }
    for (const child of children) this.#add(child);
  }
}

/** How often a repeated parameter exists. Source: PVE/QemuServer/Drive.pm, Network.pm, USB.pm */
const counts: Readonly<Record<string, number>> = {
  hostpci: 16,
  ide: 4,
  ipconfig: 32,
  link: 8,
  net: 32,
  numa: 8,
  parallel: 3,
  sata: 6,
  scsi: 31,
  serial: 4,
  unused: 256,
  usb: 14,
  virtio: 16,
  virtiofs: 10,
};

function withIndices(properties: Properties): Properties {
  const entries = Object.entries(properties).flatMap(([name, property]): [string, Property][] => {
    const kind = /^(.+)\[n\]$/.exec(name)?.[1];
    if (kind === undefined) return [[name, property]];
    const count = counts[kind] ?? 0;
    return Array.from({ length: count }, (_, index): [string, Property] => [`${kind}${index}`, property]);
  });
  return Object.fromEntries(entries);
}
