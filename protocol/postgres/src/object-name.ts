import * as z from "zod/mini";

/** NAMEDATALEN - 1. PostgreSQL silently truncates longer names, which then name other objects. */
export const maxIdentifierBytes = 63;

/** Name of an object in PostgreSQL. It is always quoted, so case and special characters are kept. */
export const objectName = z.string().check(
  z.minLength(1),
  z.refine((name) => Buffer.byteLength(name) <= maxIdentifierBytes, `at most ${maxIdentifierBytes} bytes long`),
  z.refine((name) => !name.includes("\0"), "without a zero character"),
);
