import { option, secretRef, withExample } from "@nixops4-resources/protocol-core";
import * as z from "zod/mini";
import { endpoint } from "../endpoint.ts";

const algorithms = ["hmac-sha256", "hmac-sha384", "hmac-sha512"] as const;
const isGss = (given: unknown): boolean => typeof given === "string" && given.toLowerCase() === "gss-tsig";
const withoutGss = `one of ${algorithms.join(", ")}, since GSS-TSIG (RFC 3645) needs Kerberos, which is not supported`;

/** The inputs for a name server that accepts dynamic updates. */
export const rfc2136Settings = () =>
  z.strictObject({
    ...endpoint("the zones' primary name server, which may be hidden. It must accept TCP."),
    tsig: option(
      z.strictObject({
        name: option(withExample(z.string(), "nixops4"), "Name of the key on the server."),
        algorithm: option(
          z.enum(algorithms, { error: ({ input }) => (isGss(input) ? withoutGss : undefined) }),
          "Algorithm of the key. The server accepts a key only with the algorithm that it is configured with.",
          "hmac-sha256",
        ),
        secret: option(
          withExample(secretRef, { file: "/run/secrets/tsig" }),
          "Secret of the key, in Base64 as `tsig-keygen` and `keymgr` print it.",
        ),
      }),
      "Key that signs requests and verifies answers (TSIG, RFC 8945).",
    ),
    zones: option(
      withExample(z.array(z.string()), ["example.org"]),
      "Zones that `list` searches for records of a deployment, since DNS cannot list a server's zones. Not needed for anything else.",
      [],
    ),
    waitForSecondaries: option(
      z.array(z.strictObject(endpoint("a secondary name server of the zones."))),
      "Secondary servers that must serve the new serial number before a write is complete. They are queried without a signature, until `timeoutSeconds` is over.",
      [],
    ),
  });

export type Rfc2136Settings = z.output<ReturnType<typeof rfc2136Settings>>;
