import type { ErrorCatalogue } from "@nixops4-resources/protocol-core";
import httpErrors from "@nixops4-resources/protocol-http/errors";

/** Errors of this provider, beside those of every provider. */
const errors = {
  ...httpErrors,
  "example_http.server.replica": {
    meaning: "The server is a read-only copy of another one. It may lag, so a note that it does not show may exist.",
    remedy: "Set `connection.url` to the server that accepts writes.",
  },
} satisfies ErrorCatalogue;

export default errors;
export type ErrorCode = keyof typeof errors;
