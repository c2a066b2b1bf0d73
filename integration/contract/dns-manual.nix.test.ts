import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Deployment, type Message } from "@nixops4-resources/protocol-core/testing";
import { makePerson } from "@nixops4-resources/protocol-secrets/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import * as z from "zod/mini";
import { startBind } from "@nixops4-resources/integration-servers/dns/bind";
import { dig } from "@nixops4-resources/integration-servers/dns/dig";
import type { DnsAddress } from "@nixops4-resources/integration-servers/dns/server";
import { startKnot } from "@nixops4-resources/integration-servers/dns/knot";
import { startPowerdns, type PowerdnsAddress } from "@nixops4-resources/integration-servers/dns/powerdns";
import { serverOf } from "@nixops4-resources/integration-servers/testing";
import { deploymentsIn, evaluator, readPage } from "./manual.ts";

const manual = await readPage("dns.md");
const inTestZone = (text = ""): string => text.replaceAll("example.org", "second.test");
const [source = "", sharing = ""] = deploymentsIn(manual).map(inTestZone);
/** Each question of a console block, with the answer of dig. */
const [asked = [], askedOfShared = []] = [...manual.matchAll(/^```console\n(.*?)^```$/gms)].map(([, questions]) =>
  [...inTestZone(questions).matchAll(/^\$ dig \+short (\S+) (\S+)\n((?:(?!\$).*\n)*)/gm)].map(
    ([, name = "", type = "", answer = ""]) => ({ name, type, answer: answer.trimEnd().split("\n") }),
  ),
);
const mainOf = (provider: string): string => join(import.meta.dirname, `../../providers/${provider}/dist/main.cjs`);
const evaluateMember = await evaluator();

/** The inputs of a member, given these outputs of the others. */
const inputs = (member: string, outputs: Message): Promise<Message> => evaluateMember(source, member, outputs);
const sharingInputs = (member: string): Promise<Message> => evaluateMember(sharing, member, {});

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

    test("has an example of shared sets that can be applied beside another deployment", async () => {
      const { address } = server();
      const dns = new Deployment(mainOf("dns"), connectionTo(address));
      const members = await Promise.all(["spf", "verification", "server"].map(sharingInputs));
      const other = { ...members[2], managedBy: "other", values: ["192.0.2.11"] };
      for (const member of [...members, other]) {
        const created = await dns.create("rrset", member);
        expect([created.error, created.outcome]).toEqual([undefined, "created"]);
      }
      expect(askedOfShared.map(({ type }) => type)).toEqual(["TXT", "A"]);
      for (const { name, type, answer } of askedOfShared) {
        expect((await dig(address, name, type)).sort()).toEqual(answer);
      }
      for (const member of members) expect((await dns.destroy("rrset", member)).outcome).toBe("deleted");
      expect(await dig(address, "www.second.test", "A")).toEqual(["192.0.2.11"]);
      expect((await dns.destroy("rrset", other)).outcome).toBe("deleted");
    });
  }
});
