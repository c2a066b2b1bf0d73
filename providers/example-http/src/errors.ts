import type { ErrorCatalogue } from "@nixops4-resources/protocol-core";
import httpErrors from "@nixops4-resources/protocol-http/errors";

/** Errors of this provider, beside those of every provider. */
const errors = {
  ...httpErrors,
  "example_http.note.changed": {
    meaning: "Somebody else changed the note between the look and the write. Nothing was written.",
    remedy: "Apply again. If it happens again, find out who else writes.",
  },
} satisfies ErrorCatalogue;

export default errors;
export type ErrorCode = keyof typeof errors;
