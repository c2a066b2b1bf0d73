import { option, secretRef, withExample } from "@nixops4-resources/protocol-core";
import { allowPlaintext, baseUrl, plaintextCheck } from "@nixops4-resources/protocol-http";
import { authoritiesFile } from "@nixops4-resources/protocol-tls";
import * as z from "zod/mini";

/** Settings of PowerDNS' HTTP API. Source: https://doc.powerdns.com/authoritative/http-api/ */
export const powerdnsSettings = () =>
  z
    .strictObject({
      url: option(
        withExample(baseUrl, "https://ns1.example.org:8081"),
        "URL of the HTTP API, without `/api/v1` at its end. PowerDNS itself only offers `http`, which is accepted for this machine only unless `allowPlaintext` is true: put a TLS proxy in front of it.",
      ),
      allowPlaintext,
      apiKey: option(
        withExample(secretRef, { file: "/run/secrets/powerdns-api-key" }),
        "API key: the value of `api-key` in the server's configuration.",
      ),
      ca: authoritiesFile,
      serverId: option(z.string().check(z.regex(/^[\w.-]+$/)), "Id of the server in the API.", "localhost"),
    })
    .check(plaintextCheck);

export type PowerdnsSettings = z.output<ReturnType<typeof powerdnsSettings>>;
