import { option, secretRef, withExample } from "@nixops4-resources/protocol-core";
import * as z from "zod/mini";
import { endpoint } from "../endpoint.ts";

/** How a name server is reached that takes dynamic updates. */
export const rfc2136Settings = () =>
  z.strictObject({
    ...endpoint("The zones' primary name server, also a hidden one. It must take TCP."),
    tsig: option(
      z.strictObject({
        name: option(withExample(z.string(), "nixops4"), "Name of the key at the server."),
        algorithm: option(
          z.enum(["hmac-sha256", "hmac-sha384", "hmac-sha512"]),
          "The key's algorithm. Servers take a key with its own algorithm only.",
          "hmac-sha256",
        ),
        secret: option(
          withExample(secretRef, { file: "/run/secrets/tsig" }),
          "The key itself, in Base64 as `tsig-keygen` and `keymgr` write it.",
        ),
      }),
      "Key that signs requests and vouches for answers (TSIG, RFC 8945).",
    ),
    zones: option(
      withExample(z.array(z.string()), ["example.org"]),
      "Zones that are looked through for what a deployment has left behind. DNS cannot tell which zones a server has.",
      [],
    ),
    waitForSecondaries: option(
      z.array(z.strictObject(endpoint("A secondary name server of the zones."))),
      "Servers that must have what was written before the request is done, as far as `timeoutSeconds` allows. They are asked for the zone's serial number, without a signature.",
      [],
    ),
  });

export type Rfc2136Settings = z.output<ReturnType<typeof rfc2136Settings>>;
