import { option, secretRef, withExample } from "@nixops4-resources/protocol-core";
import { authoritiesFile } from "@nixops4-resources/protocol-tls";
import * as z from "zod/mini";

/** How PowerDNS' HTTP API is reached. Source: https://doc.powerdns.com/authoritative/http-api/ */
export const powerdnsSettings = () =>
  z.strictObject({
    url: option(
      withExample(z.string().check(z.regex(/^https?:\/\/[^/?#]+(\/[^?#]*)?$/)), "https://ns1.example.org:8081"),
      "Address of the HTTP API, without the `/api/v1` at its end. Over `http` everybody on the way can read the API key: only for this machine, or a network that is private.",
    ),
    apiKey: option(
      withExample(secretRef, { file: "/run/secrets/powerdns-api-key" }),
      "The key that the server has as `api-key`.",
    ),
    ca: authoritiesFile,
    serverId: option(z.string().check(z.regex(/^[\w.-]+$/)), "The server's id in the API.", "localhost"),
  });

export type PowerdnsSettings = z.output<ReturnType<typeof powerdnsSettings>>;
