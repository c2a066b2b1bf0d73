import { option, secretRef, withExample } from "@nixops4-resources/protocol-core";
import * as z from "zod/mini";

/** How a hosted zone is reached by OctoDNS. Source: https://octodns.readthedocs.io/en/latest/configuration.html */
export const octodnsSettings = () =>
  z.strictObject({
    class: option(
      withExample(z.string().check(z.regex(/^[A-Za-z_][\w.]*$/)), "octodns_cloudflare.CloudflareProvider"),
      "OctoDNS' provider for the service, as in its own `config.yaml`.",
    ),
    settings: option(
      z.record(z.string(), z.unknown()),
      "What the class takes beside, as in `config.yaml`, without what is secret.",
      {},
    ),
    secrets: option(
      withExample(z.record(z.string(), secretRef), { token: { file: "/run/secrets/cloudflare" } }),
      "Settings of the class that are secret, each by its name such as `token`. They reach OctoDNS through a pipe.",
      {},
    ),
    zones: option(
      withExample(z.array(z.string()).check(z.minLength(1)), ["example.org"]),
      "The zones that are managed in this way. Everything else is out of reach.",
    ),
    command: option(
      z.nullable(z.string().check(z.minLength(1))),
      "The program `octodns-sync`, with the provider's Python package beside it (nixpkgs: `octodns.withProviders`). Null takes it from PATH.",
      null,
    ),
  });

export type OctodnsSettings = z.output<ReturnType<typeof octodnsSettings>>;
