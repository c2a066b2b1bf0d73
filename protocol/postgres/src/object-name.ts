import * as z from "zod/mini";

/** PostgreSQL cuts longer names silently (NAMEDATALEN - 1), and then they are other names. */
export const maxIdentifierBytes = 63;

/** Name of an object in PostgreSQL, exactly as it will be: it is always quoted. */
export const objectName = z.string().check(
  z.minLength(1),
  z.refine((name) => Buffer.byteLength(name) <= maxIdentifierBytes, `at most ${maxIdentifierBytes} bytes long`),
  z.refine((name) => !name.includes("\0"), "without a zero character"),
);
