import { readFile } from "node:fs/promises";
import { DnsClient, type ClientOptions } from "@nixops4-resources/dns-client";
import type { DnsAddress } from "@nixops4-resources/integration-servers/dns/server";
import type { TsigKey } from "@nixops4-resources/integration-servers/dns/keys";
import { nameOf } from "../name.ts";
import { NameServer } from "../rfc2136/server.ts";
import { Rfc2136Writer } from "../rfc2136/writer.ts";

/** A writer in the test's own process, with parts of the key or of the client's options replaced. */
export async function openWriter(
  { host, port, keys }: { host: string; port: number; keys: DnsAddress["keys"] },
  other: Partial<TsigKey> = {},
  options: Partial<ClientOptions> = {},
): Promise<Rfc2136Writer> {
  const key = { ...keys.sha256, ...other };
  const secret = Buffer.from(await readFile(key.secretFile, "utf8"), "base64");
  const client = new DnsClient({
    host,
    port,
    key: { name: nameOf(key.name, "name"), algorithm: key.algorithm, secret },
    ...options,
  });
  const tsig = { name: key.name, algorithm: key.algorithm, secret: { file: key.secretFile } };
  const settings = { host, port, tsig, zones: [], waitForSecondaries: [] };
  const slot = { [Symbol.dispose]: () => undefined };
  return new Rfc2136Writer(new NameServer(settings, client, slot, new AbortController().signal));
}
