import { option, secretRef, withExample } from "@nixops4-resources/protocol-core";
import { allowPlaintext, baseUrl, plaintextCheck } from "@nixops4-resources/protocol-http";
import { authoritiesFile } from "@nixops4-resources/protocol-tls";
import * as z from "zod/mini";

/** How PowerDNS' HTTP API is reached. Source: https://doc.powerdns.com/authoritative/http-api/ */
export const powerdnsSettings = () =>
  z
    .strictObject({
      url: option(
        withExample(baseUrl, "https://ns1.example.org:8081"),
        "Address of the HTTP API, without the `/api/v1` at its end. PowerDNS itself only offers `http`, which reaches only this machine unless `allowPlaintext` is true: put a TLS proxy in front of it.",
      ),
      allowPlaintext,
      apiKey: option(
        withExample(secretRef, { file: "/run/secrets/powerdns-api-key" }),
        "The key that the server has as `api-key`.",
      ),
      ca: authoritiesFile,
      serverId: option(z.string().check(z.regex(/^[\w.-]+$/)), "The server's id in the API.", "localhost"),
    })
    .check(plaintextCheck);

export type PowerdnsSettings = z.output<ReturnType<typeof powerdnsSettings>>;
