import { builtInRoles } from "./privileges.ts";
import { failure } from "../refusal.ts";

/** Roles: names of sets of privileges. */
export class Roles {
  readonly #builtIn: ReadonlyMap<string, ReadonlySet<string>> = builtInRoles();
  readonly #own = new Map<string, ReadonlySet<string>>();

  get names(): readonly string[] {
    return [...this.#builtIn.keys(), ...this.#own.keys()].sort();
  }

  isBuiltIn(name: string): boolean {
    return this.#builtIn.has(name);
  }

  find(name: string): ReadonlySet<string> | undefined {
    return this.#builtIn.get(name) ?? this.#own.get(name);
  }

  role(name: string): ReadonlySet<string> {
    const role = this.find(name);
    if (role === undefined) throw failure(`role '${name}' does not exist`);
    return role;
  }

  set(name: string, privileges: Iterable<string>): void {
    this.#own.set(name, new Set(privileges));
  }

  delete(name: string): void {
    this.#own.delete(name);
  }
}
