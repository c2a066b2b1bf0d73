import { isDeepStrictEqual } from "node:util";

/** Identifies a record set: one name and one type. */
export interface Key {
  /** Absolute, in lower case and in ASCII, such as `www.example.org.`. */
  readonly name: string;
  /** Mnemonic in upper case such as `MX`, or `TYPE65400` for a type without a mnemonic. */
  readonly type: string;
}

/** A record set and our note beside it, as stored by a backend. */
export interface Stored extends Key {
  /** Time to live of every record, in seconds; 0 if there are no records. */
  readonly ttlSeconds: number;
  /**
   * Each record's value in its canonical presentation format, sorted. Two values are equal exactly if their texts are.
   * Empty if the name has no record of this type.
   */
  readonly values: readonly string[];
  /** The mark on the first line, and details below it. Null if the backend has no note for this key. */
  readonly note: string | null;
}

/** A text that identifies a key, for maps and sets. */
export const idOf = ({ name, type }: Key): string => `${type} ${name}`;

export const isSameKey = (one: Key, other: Key): boolean => one.name === other.name && one.type === other.type;

/** The state of a key without records and without a note. */
export const nothingAt = ({ name, type }: Key): Stored => ({ name, type, ttlSeconds: 0, values: [], note: null });

/** Whether records exist, or a note whose records were removed by somebody else. */
export const isPresent = ({ values, note }: Stored): boolean => values.length > 0 || note !== null;

/** Compares values and notes. The TTL is ignored. */
export const hasSameContent = (one: Stored, other: Stored): boolean =>
  one.note === other.note && isDeepStrictEqual(one.values, other.values);
