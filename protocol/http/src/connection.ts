import { option, withExample } from "@nixops4-resources/protocol-core";
import { tlsInputs } from "@nixops4-resources/protocol-tls";
import * as z from "zod/mini";
import { isLoopback } from "./loopback.ts";

/** Without user, password and query: a URL appears in logs and messages, so no credential belongs there. */
export const baseUrl = z
  .string()
  .check(
    z.refine(
      (url) =>
        /^https?:\/\/([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?(\/[A-Za-z0-9._~%!$&'()*+,;=:@/-]*)?$/.test(
          url,
        ) && URL.canParse(url),
      "an http or https URL without user, password and query",
    ),
  );

/** The input that permits credentials over `http` to another machine. */
export const allowPlaintext = option(
  z.boolean(),
  "Whether the credentials may be sent over `http` to another machine, where everybody on the way can read and change them. Needed for an `http` URL unless its host is `localhost` or an address of loopback.",
  false,
);

/** Inputs of a server that is reached over HTTP. The provider adds its credentials, as references to secrets. */
export const endpointInputs = (example: string) => ({
  url: option(
    withExample(baseUrl, example),
    "Base URL of the API. `http` is unencrypted, credentials included: it reaches only this machine unless `allowPlaintext` is true.",
  ),
  allowPlaintext,
  tls: option(
    z.nullable(tlsInputs),
    "How to recognize an `https` server. Null trusts the well-known authorities and checks the server's name.",
    null,
  ),
});

interface PlaintextInputs {
  readonly url: string;
  readonly allowPlaintext: boolean;
}

/** Rejects a URL over which everybody on the way could read the credentials. */
export const plaintextCheck = z.refine<PlaintextInputs>(
  ({ url, allowPlaintext: isAllowed }) => isAllowed || !isPlain(url),
  {
    path: ["url"],
    message:
      "an https URL, or an http URL of this machine (localhost, 127.0.0.1, [::1]), since http shows the credentials to everybody on the way; `allowPlaintext = true` permits that",
  },
);

/** Whether requests to this URL leave the machine unencrypted. */
const isPlain = (url: string): boolean =>
  url.startsWith("http:") && URL.canParse(url) && !isLoopback(new URL(url).hostname);

interface EndpointInputs extends PlaintextInputs {
  readonly tls: unknown;
}

/** Checks that concern several of `endpointInputs`. */
export const endpointChecks = [
  plaintextCheck,
  z.refine<EndpointInputs>(({ url, tls }) => tls === null || url.startsWith("https:"), {
    path: ["tls"],
    message: "null with an `http` URL, which has no TLS",
  }),
] as const;
