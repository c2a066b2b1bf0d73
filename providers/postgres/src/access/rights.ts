/** One privilege of one grantee, or the right to grant that privilege to others. */
export interface Right {
  /** Name of a role, or PUBLIC. */
  readonly grantee: string;
  /** Keyword in GRANT, such as `SELECT`. */
  readonly privilege: string;
  /** Whether this is the grant option, in place of the privilege itself. */
  readonly isOption: boolean;
}

/** A set of rights, compared by value. */
export class Rights implements Iterable<Right> {
  readonly #byKey: ReadonlyMap<string, Right>;

  constructor(rights: Iterable<Right> = []) {
    this.#byKey = new Map([...rights].map((right) => [keyOf(right), right]));
  }

  get size(): number {
    return this.#byKey.size;
  }

  has(right: Right): boolean {
    return this.#byKey.has(keyOf(right));
  }

  filter(keep: (right: Right) => boolean): Rights {
    return new Rights([...this].filter(keep));
  }

  with(others: Iterable<Right>): Rights {
    return new Rights([...this, ...others]);
  }

  without(others: Rights): Rights {
    return this.filter((right) => !others.has(right));
  }

  equals(others: Rights): boolean {
    return this.size === others.size && this.without(others).size === 0;
  }

  [Symbol.iterator](): Iterator<Right> {
    return this.#byKey.values();
  }
}

const keyOf = ({ grantee, privilege, isOption }: Right): string => JSON.stringify([grantee, privilege, isOption]);
