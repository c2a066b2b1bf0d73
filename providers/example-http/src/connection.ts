import { option, resolveSecret, secretRef, withExample } from "@nixops4-resources/protocol-core";
import { endpointChecks, endpointInputs, type Target } from "@nixops4-resources/protocol-http";
import * as z from "zod/mini";

/** Address of the server and our credentials there; the same for every type of this provider. */
export const connection = z
  .strictObject({
    ...endpointInputs("https://notes.example.org"),
    token: option(withExample(secretRef, { file: "/run/secrets/notes-token" }), "API token of the account to work as."),
  })
  .check(...endpointChecks);

export type Connection = z.output<typeof connection>;

export const targetOf = ({ url, tls, allowPlaintext, token }: Connection): Target => ({
  url,
  tls,
  allowPlaintext,
  inputs: { credential: "connection.token" },
  authorize: async () => ({
    Authorization: `Bearer ${(await resolveSecret(token, `the token for ${url}`)).revealHeader()}`,
  }),
});
