import { option, secretRef, withExample } from "@nixops4-resources/protocol-core";
import * as z from "zod/mini";

/** The inputs for a hosting service by OctoDNS. Source: https://octodns.readthedocs.io/en/latest/configuration.html */
export const octodnsSettings = () =>
  z.strictObject({
    class: option(
      withExample(z.string().check(z.regex(/^[A-Za-z_][\w.]*$/)), "octodns_cloudflare.CloudflareProvider"),
      "Class of OctoDNS' provider for the service, as in its `config.yaml`.",
    ),
    settings: option(
      z.record(z.string(), z.unknown()),
      "Settings of the class, as in `config.yaml`. Put secret ones into `secrets`.",
      {},
    ),
    secrets: option(
      withExample(z.record(z.string(), secretRef), { token: { file: "/run/secrets/cloudflare" } }),
      "Secret settings of the class, by name, such as `token`. OctoDNS receives them through a pipe.",
      {},
    ),
    zones: option(
      withExample(z.array(z.string()).check(z.minLength(1)), ["example.org"]),
      "Zones that this connection may manage. It never accesses other zones.",
    ),
    command: option(
      z.nullable(z.string().check(z.minLength(1))),
      "Path of the program `octodns-sync`, installed with the provider's Python package (nixpkgs: `octodns.withProviders`). Null searches PATH.",
      null,
    ),
  });

export type OctodnsSettings = z.output<ReturnType<typeof octodnsSettings>>;
