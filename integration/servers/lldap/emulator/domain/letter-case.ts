/** Lower case of the ASCII letters only, as with user ids and names of attributes. */
export const asciiLower = (text: string): string => text.replaceAll(/[A-Z]+/g, (letters) => letters.toLowerCase());

/** Order of the bytes, as SQLite sorts text. */
export const compareBytes = (one: string, other: string): number =>
  Buffer.compare(Buffer.from(one), Buffer.from(other));

/** Order without regard to case. Source: crates/domain/src/types.rs: compare_str_case_insensitive */
export const compareWithoutCase = (one: string, other: string): number =>
  compareBytes(one.toLowerCase(), other.toLowerCase());
