import type { ErrorCatalogue } from "@nixops4-resources/protocol-core";
import tlsErrors from "@nixops4-resources/protocol-tls/errors";

/** Errors of every server that is reached over HTTP. A provider that uses one includes them in its own errors.ts. */
const errors = {
  ...tlsErrors,
  "http.answer.invalid": {
    meaning: "The server answered, but not in the expected form: no JSON, a web page, or no HTTP at all.",
    remedy: "Set the URL in `connection` to the API itself. A proxy in between may answer in its place.",
  },
  "http.answer.tooLarge": {
    meaning: "The answer is larger than the provider accepts. The rest was not read.",
    remedy: "Set the URL in `connection` to the API itself; report it if the API sends such answers.",
  },
  "http.credential.invalid": {
    meaning:
      "A credential contains characters that an HTTP header cannot carry, such as a line break. Nothing was sent.",
    remedy: "Store the bare credential where the reference points to.",
  },
  "http.login.refused": {
    meaning: "The server rejects the credentials (401). Nothing was changed.",
    remedy: "Check the secret that `connection` refers to.",
  },
  "http.permission.denied": {
    meaning: "The credentials are valid but do not permit the request (403). Nothing was changed.",
    remedy: "Grant the permission; each type's documentation lists the least rights that it needs.",
  },
  "http.plaintext": {
    meaning:
      "The URL is an http one, but the connection leads to another machine, where everybody on the way could read the credentials. Nothing was sent.",
    remedy: "Use an https URL. In a network that is private, set `allowPlaintext = true` in `connection`.",
  },
  "http.redirect": {
    meaning: "The server redirects to another address. Redirects are not followed: credentials go to one server only.",
    remedy: "Set the URL in `connection` to the address that answers itself.",
  },
  "http.request.refused": {
    meaning: "The server rejects a request. Its status, reason and message are passed on.",
    remedy: "Change the inputs that the message is about.",
  },
  "http.server.closed": {
    meaning: "The connection was lost before the whole answer arrived. The outcome of a write is unknown.",
    remedy: "Apply again: it looks first and continues from what exists.",
  },
  "http.server.failed": {
    meaning: "The server reports a failure of its own (status 429 or 5xx). The outcome of a write is unknown.",
    remedy: "See the server's log, then apply again: it looks first and continues from what exists.",
  },
  "http.server.unreachable": {
    meaning: "No server answers at the address. Nothing was sent.",
    remedy: "Check that the server runs and listens there, and that no firewall blocks the connection.",
  },
} satisfies ErrorCatalogue;

export default errors;
export type ErrorCode = keyof typeof errors;
