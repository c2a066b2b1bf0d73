import {
  leftToRight,
  mappedToNothing,
  nonAsciiSpace,
  prohibited,
  rightToLeft,
  unassigned,
} from "./stringprep-tables.ts";

/**
 * SASLprep (RFC 4013) of a password that is not all ASCII, with the two deviations of PostgreSQL and libpq: a password
 * that SASLprep prohibits is used unchanged, and the check for that precedes the normalization.
 * https://github.com/postgres/postgres/blob/REL_18_STABLE/src/common/saslprep.c
 */
export function prepare(password: string): string {
  const mapped = Array.from(password, map).join("");
  return mapped === "" || isProhibited(mapped) ? password : mapped.normalize("NFKC");
}

function map(character: string): string {
  if (nonAsciiSpace.test(character)) return " ";
  return mappedToNothing.test(character) ? "" : character;
}

function isProhibited(text: string): boolean {
  if (prohibited.test(text) || unassigned.test(text)) return true;
  if (!rightToLeft.test(text)) return false;
  const characters = Array.from(text);
  const ends = [characters[0] ?? "", characters.at(-1) ?? ""];
  return leftToRight.test(text) || !ends.every((character) => rightToLeft.test(character));
}
