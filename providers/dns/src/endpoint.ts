import { option, withExample } from "@nixops4-resources/protocol-core";
import * as z from "zod/mini";

/** The inputs for the address of a DNS server. `server` completes the sentence "Host name or address of ...". */
export const endpoint = (server: string) => ({
  host: option(withExample(z.string().check(z.minLength(1)), "ns1.example.org"), `Host name or address of ${server}`),
  port: option(z.int().check(z.minimum(1), z.maximum(65_535)), "TCP port.", 53),
});

/** `host:port`, as used in messages. */
export const addressOf = ({ host, port }: { host: string; port: number }): string =>
  `${host.includes(":") ? `[${host}]` : host}:${port}`;
