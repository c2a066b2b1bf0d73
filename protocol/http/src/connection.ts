import { option, withExample } from "@nixops4-resources/protocol-core";
import { tlsInputs } from "@nixops4-resources/protocol-tls";
import * as z from "zod/mini";

/** Without user, password and query: a URL appears in logs and messages, so no credential belongs there. */
const baseUrl = z
  .string()
  .check(
    z.regex(
      /^https?:\/\/([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?(\/[A-Za-z0-9._~%!$&'()*+,;=:@/-]*)?$/,
      "an http or https URL without user, password and query",
    ),
  );

/** Inputs of a server that is reached over HTTP. The provider adds its credentials, as references to secrets. */
export const endpointInputs = (example: string) => ({
  url: option(
    withExample(baseUrl, example),
    "Base URL of the API. `http` is unencrypted, credentials included: use it only on this machine or in a private network.",
  ),
  tls: option(
    z.nullable(tlsInputs),
    "How to recognize an `https` server. Null trusts the well-known authorities and checks the server's name.",
    null,
  ),
});

interface EndpointInputs {
  readonly url: string;
  readonly tls: unknown;
}

/** Checks that concern several of `endpointInputs`. */
export const endpointChecks = [
  z.refine<EndpointInputs>(({ url, tls }) => tls === null || url.startsWith("https:"), {
    path: ["tls"],
    message: "null with an `http` URL, which has no TLS",
  }),
] as const;
