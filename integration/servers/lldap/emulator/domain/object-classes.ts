import type { Kind } from "./attribute-schema.ts";
import { notUnique } from "./errors.ts";
import { asciiLower, compareBytes } from "./letter-case.ts";

/** Source: crates/ldap/src/core/user.rs and group.rs */
const builtIn: Record<Kind, readonly string[]> = {
  user: ["inetOrgPerson", "posixAccount", "mailAccount", "person"],
  group: ["groupOfUniqueNames", "groupOfNames"],
};

/** Object classes of all entries of one kind. Source: crates/sql-backend-handler/src/sql_schema_backend_handler.rs */
export class ObjectClasses {
  readonly #kind: Kind;
  readonly #extra = new Map<string, string>();

  constructor(kind: Kind) {
    this.#kind = kind;
  }

  builtIn(): readonly string[] {
    return builtIn[this.#kind];
  }

  extra(): string[] {
    return [...this.#extra.values()].sort(compareBytes);
  }

  all(): string[] {
    return [...this.builtIn(), ...this.extra()];
  }

  has(name: string): boolean {
    return this.all().some((known) => known.toLowerCase() === name.toLowerCase());
  }

  /** A built-in class can be added once more. */
  add(name: string): void {
    const key = asciiLower(name);
    if (this.#extra.has(key)) throw notUnique(`${this.#kind}_object_classes.lower_object_class`, 1555);
    this.#extra.set(key, name);
  }

  /** Succeeds if it is not there, or built in. */
  remove(name: string): void {
    this.#extra.delete(asciiLower(name));
  }
}
