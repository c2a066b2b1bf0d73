import { invalid } from "../refusal.ts";

/** The parameters of a call by name. Proxmox VE hands all values to its code as texts. */
export class Parameters {
  readonly #values: ReadonlyMap<string, string>;

  constructor(values: Iterable<readonly [string, string]> = []) {
    this.#values = new Map(values);
  }

  get names(): readonly string[] {
    return [...this.#values.keys()].sort();
  }

  get entries(): readonly (readonly [string, string])[] {
    return this.names.map((name) => [name, this.required(name)]);
  }

  has(name: string): boolean {
    return this.#values.has(name);
  }

  text(name: string): string | undefined {
    return this.#values.get(name);
  }

  /** A parameter whose presence has been verified. */
  required(name: string): string {
    const value = this.#values.get(name);
    if (value === undefined) throw invalid({ [name]: "property is missing and it is not optional" });
    return value;
  }

  integer(name: string): number | undefined {
    const value = this.text(name);
    return value === undefined ? undefined : Number(value);
  }

  flag(name: string): boolean {
    return this.text(name) === "1";
  }

  list(name: string): readonly string[] {
    return splitList(this.text(name) ?? "");
  }

  without(...names: readonly string[]): Parameters {
    return new Parameters(this.entries.filter(([name]) => !names.includes(name)));
  }

  with(values: Readonly<Record<string, string>>): Parameters {
    return new Parameters([...this.entries, ...Object.entries(values)]);
  }
}

/** Source: PVE/Tools.pm: split_list */
export const splitList = (text: string): readonly string[] => {
  if (text.includes("\0")) return text.split("\0");
  return text.split(/[,;\s]+/).filter((part) => part !== "");
};
