import { option, withExample } from "@nixops4-resources/protocol-core";
import * as z from "zod/mini";

/** The fields that name a server of DNS. */
export const endpoint = (description: string) => ({
  host: option(withExample(z.string().check(z.minLength(1)), "ns1.example.org"), `${description} Its name or address.`),
  port: option(z.int().check(z.minimum(1), z.maximum(65_535)), "TCP port.", 53),
});

/** A server as messages call it. */
export const addressOf = ({ host, port }: { host: string; port: number }): string =>
  `${host.includes(":") ? `[${host}]` : host}:${port}`;
