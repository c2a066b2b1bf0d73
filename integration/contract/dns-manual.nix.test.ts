import { chmod, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { nixLiteral } from "@nixops4-resources/protocol-core/generate";
import { Deployment, type Message } from "@nixops4-resources/protocol-core/testing";
import { makePerson } from "@nixops4-resources/protocol-secrets/testing";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import * as z from "zod/mini";
import { evaluate } from "@nixops4-resources/integration-nix/evaluate";
import { bringProgram, findProgram } from "@nixops4-resources/integration-nix/nix-program";
import { startBind } from "@nixops4-resources/integration-servers/dns/bind";
import { dig } from "@nixops4-resources/integration-servers/dns/dig";
import type { DnsAddress } from "@nixops4-resources/integration-servers/dns/server";
import { startKnot } from "@nixops4-resources/integration-servers/dns/knot";
import { startPowerdns, type PowerdnsAddress } from "@nixops4-resources/integration-servers/dns/powerdns";
import { serverOf } from "@nixops4-resources/integration-servers/testing";

// The deployment of docs/dns.md is plain Nix. Its modules would only add defaults, which the providers know too.
const manual = await readFile(join(import.meta.dirname, "../../docs/dns.md"), "utf8");
const inTestZone = (text = ""): string => text.replaceAll("example.org", "second.test");
const [, source] = /^```nix\n(\{ resources, providers, members.*?)^```$/ms.exec(manual) ?? [];
const [, questions] = /^```console\n(.*?)^```$/ms.exec(manual) ?? [];
/** Each question, with the answer of dig. */
const asked = [...inTestZone(questions).matchAll(/^\$ dig \+short (\S+) (\S+)\n((?:(?!\$).*\n)*)/gm)].map(
  ([, name = "", type = "", answer = ""]) => ({ name, type, answer: answer.trimEnd().split("\n") }),
);
const inputsOf = z.record(z.string(), z.unknown());
const mainOf = (provider: string): string => join(import.meta.dirname, `../../providers/${provider}/dist/main.cjs`);

const nix = process.env["NO_SERVICES"] === "1" ? undefined : await findNixProgram();

async function findNixProgram(): Promise<Awaited<ReturnType<typeof findProgram>>> {
  const found = await findProgram();
  if (!("missing" in found)) return found;
  return (await bringProgram()) === undefined ? await findProgram() : found;
}

/** The inputs of a member, given these outputs of the others. */
async function inputs(member: string, outputs: Message): Promise<Message> {
  if (nix === undefined || "missing" in nix) throw new Error("Nix is missing.");
  const members = Object.fromEntries(Object.entries(outputs).map(([name, value]) => [name, { outputs: value }]));
  const expression = `
    ((${inTestZone(source)}) {
      resources = { };
      providers = { secrets.secret = "secret"; dns.records = "records"; };
      members = builtins.fromJSON ${nixLiteral(JSON.stringify(members))};
    }).members.${member}.inputs`;
  return inputsOf.parse(await evaluate({ ...nix, environment: {} }, expression));
}

const byUpdate = ({ host, port, keys: { sha256 } }: DnsAddress): Message => ({
  rfc2136: {
    host,
    port,
    tsig: { name: sha256.name, algorithm: sha256.algorithm, secret: { file: sha256.secretFile } },
  },
});
const byApi = ({ host, apiPort, apiKeyFile }: PowerdnsAddress): Message => ({
  powerdns: { url: `http://${host}:${apiPort}`, apiKey: { file: apiKeyFile } },
});

describe("docs/dns.md", () => {
  const opened = new AsyncDisposableStack();
  let secrets: Deployment;
  beforeAll(async () => {
    const folder = await mkdtemp(join(tmpdir(), "nixops4-dns-manual-"));
    opened.defer(() => rm(folder, { recursive: true }));
    await chmod(folder, 0o700);
    const { identity } = opened.use(await makePerson());
    secrets = new Deployment(mainOf("secrets"), { store: { directory: { folder, identity } } });
  });
  afterAll(() => opened.disposeAsync());
  beforeEach((context) => {
    if (nix === undefined) context.skip("NO_SERVICES=1");
    else if ("missing" in nix && process.env["CI"] === undefined) context.skip(nix.missing);
  });

  test("queries every type of record in its example", () => {
    expect(asked.map(({ type }) => type)).toEqual(["A", "AAAA", "CNAME", "A", "AAAA", "MX", "TXT", "TXT", "CAA"]);
  });

  describe("on BIND", () => applies(serverOf(startBind), byUpdate));
  describe("on Knot", () => applies(serverOf(startKnot), byUpdate));
  describe("on PowerDNS", () => applies(serverOf(startPowerdns), byApi));

  function applies<Address extends DnsAddress>(
    server: () => { address: Address },
    connectionTo: (address: Address) => Message,
  ): void {
    test("has an example that can be applied, after which dig returns the declared records", async () => {
      const { address } = server();
      const dns = new Deployment(mainOf("dns"), connectionTo(address));
      const dkim = await secrets.create("secret", await inputs("dkim", {}));
      expect(dkim.error).toBeUndefined();
      const records = await inputs("mastodon_records", { dkim: dkim.outputs });
      const created = await dns.create("records", records);
      expect([created.error, created.outcome]).toEqual([undefined, "created"]);

      for (const { name, type, answer } of asked) expect(await dig(address, name, type)).toEqual(answer);
      const [key = ""] = await dig(address, "key1._domainkey.second.test", "TXT");
      expect({ txt: key.slice(1, -1).replace('" "', "") }).toEqual({
        txt: z.object({ txt: z.string() }).parse(dkim.outputs["public"]).txt,
      });
      expect((await dns.create("records", records)).outcome).toBe("unchanged");
      expect((await dns.destroy("records", records)).outcome).toBe("deleted");
      for (const { name, type } of asked) expect(await dig(address, name, type)).toEqual([]);
    });
  }
});
