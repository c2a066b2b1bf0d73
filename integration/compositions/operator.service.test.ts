// The life of one operator's applications: Mastodon, PeerTube and Pixelfed on PostgreSQL, Knot, Garage and sshd, and on the
// emulators of lldap and Proxmox VE unless real ones are given. What stands in for NixOS writes down what it gets to know.
import { createPrivateKey, createPublicKey } from "node:crypto";
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { dig } from "@nixops4-resources/integration-servers/dns/dig";
import { serverOf } from "@nixops4-resources/integration-servers/testing";
import { Client as LdapClient } from "ldapts";
import { describe, expect, test, vi } from "vitest";
import { Driver } from "./driver.ts";
import { Machine } from "./machine.ts";
import { makeSurroundings } from "./surroundings.ts";
import { query, readFromWeb, store } from "./uses.ts";

vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 });

const surroundings = serverOf(makeSurroundings);
const driver = (): Driver => new Driver(surroundings());

describe("three applications of one operator", () => {
  let social: Machine;
  let video: Machine;
  let photos: Machine;

  test("are complete after an apply that was killed half-way is repeated", async () => {
    const killed = await driver().runAndKill("apply", "first", 12, "alice");
    expect(killed.status, killed.text).toBeNull();
    const { status, text } = await driver().run("apply", "first", "alice");
    expect(status, text).toBe(0);
    [social, video, photos] = [
      await Machine.at("127.0.1.11", surroundings()),
      await Machine.at("127.0.1.12", surroundings()),
      await Machine.at("127.0.1.13", surroundings()),
    ];

    const { proxmox, garage } = surroundings();
    expect(await proxmox.call("GET", "/cluster/resources", { type: "vm" })).toHaveLength(3);
    const buckets = [social, video, photos].flatMap(({ inputs }) => Object.values(inputs.objectStorage.buckets));
    expect(await garage.admin.get("/v2/ListBuckets")).toHaveLength(buckets.length);
    expect(await garage.admin.get("/v2/ListKeys")).toHaveLength(3);
  });

  test("are unchanged by a second apply, also when every server is asked", async () => {
    const second = await driver().run("apply", "first", "alice");
    expect(second.status, second.text).toBe(0);
    expect(new Set(Object.values(second.outcomes))).toEqual(new Set(["unchanged"]));
    const look = await driver().run("plan", "first", "--look", "alice");
    // The serial number of a zone grows with the records of the other applications.
    const differences = look.text.split("\n").filter((line) => line.startsWith("   "));
    expect(differences.filter((line) => !line.includes("outputs.serial"))).toEqual([]);
    expect(look.text).not.toMatch(/^(gone|refuse|unknown)/m);
  });

  test("find their secrets in files that the numbers of their users can read, and no other user", async () => {
    const { uid, gid } = social.inputs.user;
    expect(await social.access("database-password")).toBe(`${uid}:${gid} 400`);
    expect(await social.access("admin-password")).toBe("0:0 400");
    // From the hosting provider's file, with characters that end a quoted text.
    expect(await photos.variable("pixelfed.env", "MAIL_PASSWORD")).toBe(
      String.raw`a password with \"quotes\", \$ and %`,
    );
  });

  test("log in to their databases, which have the extensions", async () => {
    const passwords = [
      [social, await social.secret("database-password")],
      [video, await video.secret("database-password")],
      [photos, await photos.variable("pixelfed.env", "DB_PASSWORD")],
    ] as const;
    for (const [machine, password] of passwords)
      expect(await query(machine, password, "SELECT current_user AS who")).toEqual([
        { who: machine.inputs.database.user },
      ]);
    const [, [, password]] = passwords;
    const found = "SELECT extname FROM pg_extension WHERE extname IN ('pg_trgm', 'unaccent') ORDER BY extname";
    expect(await query(video, password, found)).toEqual([{ extname: "pg_trgm" }, { extname: "unaccent" }]);
  });

  test("store media that every browser can read at the host names of the media", async () => {
    const origins = new Map([
      [social, "https://social.example.test"],
      [video, "https://elsewhere.test"],
      [photos, "https://photos.example.test"],
    ]);
    for (const [file, machine] of [
      ["mastodon.env", social],
      ["peertube.env", video],
      ["pixelfed.env", photos],
    ] as const) {
      const secretAccessKey = await machine.variable(file, "AWS_SECRET_ACCESS_KEY");
      for (const { name, host } of Object.values(machine.inputs.objectStorage.buckets)) {
        await store(machine, secretAccessKey, name);
        if (host === null) continue;
        const answer = await readFromWeb(surroundings().garage.webPort, host, origins.get(machine) ?? "");
        expect([answer.status, answer.body]).toEqual([206, "0123"]);
        expect(["*", origins.get(machine)]).toContain(answer.allowedOrigin);
      }
    }
  });

  test("find the members of their group in the directory, and nobody else", async () => {
    const { ldap } = social.inputs;
    if (ldap === null) throw new Error("Mastodon has no directory.");
    const client = new LdapClient({ url: `ldap://${ldap.host}:${ldap.port}` });
    try {
      await client.bind(ldap.bindDn, await social.variable("mastodon.env", "LDAP_PASSWORD"));
      const find = async (address: string): Promise<string[]> => {
        const filter = ldap.searchFilter
          .replaceAll("%{uid}", "uid")
          .replaceAll("%{mail}", "mail")
          .replaceAll("%{email}", address);
        const { searchEntries } = await client.search(ldap.baseDn, { filter });
        return searchEntries.map(({ dn }) => dn);
      };
      expect(await find("friend@example.test")).toEqual([expect.stringContaining("uid=alice-friend,")]);
      expect(await find("admin")).toEqual([]);
    } finally {
      await client.unbind();
    }
  });

  test("answer by all their names, and their mail is signed with a published key", async () => {
    const { address } = surroundings().dns;
    for (const { inputs } of [social, video, photos]) {
      const { domain, objectStorage } = inputs;
      expect(await dig(address, domain, "A")).toEqual([expect.stringMatching(/^127[.]0[.]1[.]1[1-3]$/)]);
      expect(await dig(address, domain, "CAA")).toEqual(['0 issue "letsencrypt.org"']);
      expect(await dig(address, domain, "MX")).toEqual(["10 mx.host-one.test."]);
      expect(await dig(address, domain, "TXT")).toContain('"v=spf1 include:spf.host-one.test -all"');
      for (const { host } of Object.values(objectStorage.buckets).filter((bucket) => bucket.host !== null))
        expect(await dig(address, String(host), "CNAME")).toEqual(["web.host-one.test."]);
      const [published = ""] = await dig(address, `nixops4._domainkey.${domain}`, "TXT");
      const key = /p=([A-Za-z0-9+/=]+)/.exec(published.replaceAll('" "', ""))?.[1] ?? "";
      const signing = await readFile(join(surroundings().folder, `dkim/${domain}.nixops4.key`), "utf8");
      const ofTheRelay = createPublicKey(createPrivateKey(signing)).export({ type: "spki", format: "der" });
      expect(Buffer.from(key, "base64").equals(ofTheRelay)).toBe(true);
    }
  });

  test("have no secret in what NixOS gets to know, nor in what the driver says", async () => {
    const { text } = await driver().run("plan", "larger", "--verbose", "alice");
    const secrets = [
      await social.secret("secret-key-base"),
      await social.secret("database-password"),
      await social.variable("mastodon.env", "AWS_SECRET_ACCESS_KEY"),
      await photos.variable("pixelfed.env", "APP_KEY"),
    ];
    for (const secret of secrets) {
      expect(secret.length).toBeGreaterThan(20);
      for (const machine of [social, video, photos]) expect(machine.text).not.toContain(secret);
      expect(text).not.toContain(secret);
    }
  });

  test("grow one by one", async () => {
    const { status, text, outcomes } = await driver().run("apply", "larger", "alice");
    expect(status, text).toBe(0);
    expect(changed(outcomes)).toEqual({
      "alice.social.buckets.media": "updated",
      "alice.social.machine": "updated",
      "alice.social.nixos": "updated",
    });
  });

  test("refuse another domain before anything changes", async () => {
    const plan = await driver().run("plan", "renamed", "alice");
    expect(plan.text).toContain("refuse     alice.social.database");
    const { status, text, outcomes } = await driver().run("apply", "renamed", "alice");
    expect(status).toBe(1);
    expect(text).toContain("[postgres.database.identity]");
    expect(changed(outcomes)).not.toContain("updated");
    expect(await dig(surroundings().dns.address, "elsewhere.example.test", "A")).toEqual([]);
  });

  test("show before a move what the other hosting provider would get, and what stays", async () => {
    const { status, text } = await driver().run("plan", "moved", "alice");
    expect(status, text).toBe(2);
    expect(text).toContain("create     alice.photos.role");
    expect(text).toMatch(/no change +alice[.]photos[.]machine/);
  });

  test("are suspended with all data, and resumed", async () => {
    const suspended = await driver().run("apply", "suspended", "alice");
    expect(suspended.status, suspended.text).toBe(0);
    const { dns, proxmox } = surroundings();
    expect(await dig(dns.address, "social.example.test", "A")).toEqual(["192.0.2.80"]);
    const status = (): Promise<unknown> => proxmox.call("GET", "/nodes/pve1/qemu/1001/status/current");
    expect(await status()).toMatchObject({ status: "stopped" });
    expect(await query(social, await social.secret("database-password"), "SELECT 1 AS data")).toEqual([{ data: 1 }]);

    const resumed = await driver().run("apply", "larger", "alice");
    expect(resumed.status, resumed.text).toBe(0);
    expect(await dig(dns.address, "social.example.test", "A")).toEqual(["127.0.1.11"]);
    expect(await status()).toMatchObject({ status: "running" });
  });

  test("find the same secrets on a new machine", async () => {
    const { proxmox, hostKeys } = surroundings();
    const before = await social.secret("secret-key-base");
    const machine = "/nodes/pve1/qemu/1001";
    await proxmox.call("POST", `${machine}/status/stop`);
    await vi.waitFor(() => proxmox.call("DELETE", machine), { timeout: 30_000, interval: 500 });
    await rm(social.inputs.secretsFolder, { recursive: true });
    // Its host keys are others than those of the lost one; the server has the first of them only.
    const files = {
      "/etc/ssh/ssh_host_ed25519_key.pub": `${hostKeys["127.0.1.11"]}\n`,
      "/etc/ssh/ssh_host_rsa_key.pub": "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABgQDFakeKeyFakeKeyFakeKey root@social\n",
    };
    await proxmox.fault({ fault: "agent", vmid: 1001, agent: { interfaces: [], files } });

    const forgotten = await driver().run("refresh", "larger", "alice.social.machine", "--yes");
    expect(forgotten.status, forgotten.text).toBe(0);
    const { status, text, outcomes } = await driver().run("apply", "larger", "alice");
    expect(status, text).toBe(0);
    expect(outcomes["alice.social.machine"]).toBe("created");
    expect(await social.secret("secret-key-base")).toBe(before);
  });

  test("are removed one by one, by the state alone, with the data only if the block says so", async () => {
    const kept = await driver().run("destroy", "removed", "alice.photos");
    expect(kept.status).toBe(3);
    const declared = await driver().run("apply", "given-up", "alice");
    expect(declared.status, declared.text).toBe(0);

    const { status, text, outcomes } = await driver().run("destroy", "removed", "alice.photos", "--yes");
    expect(status, text).toBe(0);
    expect(outcomes).toMatchObject({
      "alice.photos.database": "deleted",
      "alice.photos.buckets.media": "deleted",
      "alice.photos.machine": "deleted",
    });
    const { proxmox, dns } = surroundings();
    expect(await proxmox.call("GET", "/cluster/resources", { type: "vm" })).toHaveLength(2);
    expect(await dig(dns.address, "photos.example.test", "A")).toEqual([]);
    expect(await dig(dns.address, "social.example.test", "A")).toEqual(["127.0.1.11"]);
  });
});

describe("another operator", () => {
  test("is applied although the first one fails", async () => {
    const { folder } = surroundings();
    const password = join(folder, "alice-postgres");
    const right = await readFile(password, "utf8");
    await writeFile(password, "another password");
    const failed = await driver().run("apply", "larger", "alice");
    await writeFile(password, right);
    expect(failed.status, failed.text).toBe(1);
    expect(failed.text).toContain("[postgres.login.refused]");
    const { status, text } = await driver().run("apply", "first", "bob.photos");
    expect(status, text).toBe(0);
  });

  test("crosses no border with a wrong expression and the right credentials", async () => {
    const names = await driver().run("apply", "stolen-names", "bob.social.role", "bob.social.machine");
    expect(names.status, names.text).toBe(1);
    expect(names.outcomes).toMatchObject({ "bob.social.role": "failed", "bob.social.machine": "failed" });
    expect(names.text).toContain("[postgres.permission.denied]");
    expect(names.text).toContain("[proxmox.permission.denied]");

    const parts = ["dns", "machine", "buckets.media"].map((part) => `bob.social.${part}`);
    const domain = await driver().run("apply", "stolen-domain", ...parts);
    expect(domain.status, domain.text).toBe(1);
    for (const part of parts) expect([part, domain.outcomes[part]]).toEqual([part, "failed"]);
    expect(domain.text).toContain("[dns.key.refused]");
    expect(domain.text).toContain("[garage.alias.taken]");
  });
});

/** The members that are not unchanged. */
const changed = (outcomes: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(outcomes).filter(([, outcome]) => outcome !== "unchanged"));
