import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startLldap, type LldapServer } from "@nixops4-resources/integration-servers/lldap/lldap";
import { serverOf } from "@nixops4-resources/integration-servers/testing";
import { Deployment, type Message } from "@nixops4-resources/protocol-core/testing";
import { Client, InvalidCredentialsError } from "ldapts";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { deploymentsIn, evaluator, readPage } from "./manual.ts";

const main = join(import.meta.dirname, "../../providers/lldap/dist/main.cjs");
const [mastodon = "", authelia = ""] = deploymentsIn(await readPage("lldap.md"));
const evaluateMember = await evaluator();

const [ofAda, ofGrace, ofService] = ["the password of ada", "the password of grace", "the password of a service"];

describe("docs/lldap.md", () => {
  const server = serverOf(startLldap);
  let folder: string;
  let lldap: Deployment;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "nixops4-lldap-manual-"));
    const { url, ldapUrl, username, passwordFile, baseDn } = server();
    lldap = new Deployment(main, { url, username, password: { file: passwordFile }, baseDn, ldap: { url: ldapUrl } });
    const password = await secretFile(folder, "grace", ofGrace);
    await lldap.create("user", { id: "grace", email: "grace@example.org", password });
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  /** Applies the members of an example in this order; passwords come from files of this test. */
  async function apply(source: string, members: Readonly<Record<string, string>>): Promise<Record<string, Message>> {
    const outputs: Record<string, Message> = {};
    for (const [member, type] of Object.entries(members)) {
      const declared = await evaluateMember(source, member, outputs);
      const text = type === "user" ? ofAda : ofService;
      const inputs = {
        ...declared,
        ...("password" in declared && { password: await secretFile(folder, member, text) }),
      };
      const created = await lldap.create(type, inputs);
      expect([member, created.error, created.outcome]).toEqual([member, undefined, "created"]);
      expect((await lldap.create(type, inputs)).outcome, member).toBe("unchanged");
      outputs[member] = created.outputs;
    }
    return outputs;
  }

  test("lets the members of one group log in to Mastodon, by id and by address, and nobody else", async () => {
    const outputs = await apply(mastodon, { mastodon_users: "group", ada: "user", mastodon_ldap: "service_account" });
    const { bindDn, baseDn } = outputs["mastodon_ldap"] ?? {};
    const settings = {
      bindDn: String(bindDn),
      base: String(baseDn),
      filter: String(outputs["mastodon_users"]?.["mastodonSearchFilter"]),
      placeholders: { "%{uid}": "uid", "%{mail}": "mail" },
      input: "%{email}",
    };
    const logIn = (name: string, password: string) => logInTo(server(), settings, name, password);
    expect(await logIn("ada", ofAda)).toBe("uid=ada,ou=people,dc=example,dc=com");
    expect(await logIn("ada@example.org", ofAda)).toBe("uid=ada,ou=people,dc=example,dc=com");
    expect(await logIn("ada", ofGrace)).toBe("wrong password");
    expect(await logIn("grace", ofGrace)).toBe("not found");
    expect(await logIn("*", ofGrace)).toBe("not found");
  });

  test("lets the members of one group log in by Authelia, which sees their groups", async () => {
    const outputs = await apply(authelia, { sso_users: "group", authelia_ldap: "service_account" });
    await lldap.create("user", {
      id: "alan",
      email: "alan@example.org",
      groups: [outputs["sso_users"]?.["name"]],
      password: await secretFile(folder, "alan", ofAda),
    });
    const settings = {
      bindDn: String(outputs["authelia_ldap"]?.["bindDn"]),
      base: `ou=people,${String(outputs["authelia_ldap"]?.["baseDn"])}`,
      filter: String(outputs["sso_users"]?.["autheliaUsersFilter"]),
      placeholders: { "{username_attribute}": "uid", "{mail_attribute}": "mail" },
      input: "{input}",
    };
    const logIn = (name: string, password: string) => logInTo(server(), settings, name, password);
    const alan = "uid=alan,ou=people,dc=example,dc=com";
    expect(await logIn("alan", ofAda)).toBe(alan);
    expect(await logIn("alan@example.org", ofAda)).toBe(alan);
    expect(await logIn("grace", ofGrace)).toBe("not found");
    const groups = await find(server(), { ...settings, base: `ou=groups,${server().baseDn}` }, `(member=${alan})`);
    expect(groups).toEqual(["cn=sso,ou=groups,dc=example,dc=com"]);
  });
});

/** How an application searches for the person who logs in. */
interface Settings {
  readonly bindDn: string;
  readonly base: string;
  readonly filter: string;
  /** What the application puts in place of its placeholders. */
  readonly placeholders: Readonly<Record<string, string>>;
  /** The placeholder of what the person typed. */
  readonly input: string;
}

/** The DN of the person, or why the application does not log them in. */
async function logInTo(server: LldapServer, settings: Settings, name: string, password: string): Promise<string> {
  const parts = { ...settings.placeholders, [settings.input]: escaped(name) };
  const filter = Object.entries(parts).reduce((text, [from, to]) => text.replaceAll(from, to), settings.filter);
  const [dn, ...others] = await find(server, settings, filter);
  expect(others).toEqual([]);
  if (dn === undefined) return "not found";
  const client = new Client({ url: server.ldapUrl });
  try {
    await client.bind(dn, password);
    return dn;
  } catch (error) {
    if (error instanceof InvalidCredentialsError) return "wrong password";
    throw error;
  } finally {
    await client.unbind();
  }
}

async function find({ ldapUrl }: LldapServer, { bindDn, base }: Settings, filter: string): Promise<string[]> {
  const client = new Client({ url: ldapUrl });
  try {
    await client.bind(bindDn, ofService);
    const { searchEntries } = await client.search(base, { filter, scope: "sub", attributes: ["*"] });
    return searchEntries.map(({ dn }) => dn);
  } finally {
    await client.unbind();
  }
}

/** As both applications escape what people type. https://www.rfc-editor.org/rfc/rfc4515#section-3 */
const escaped = (text: string): string =>
  text.replace(/[\\*()\0]/g, (letter) => `\\${letter.charCodeAt(0).toString(16).padStart(2, "0")}`);

async function secretFile(folder: string, name: string, text: string): Promise<{ file: string }> {
  const file = join(folder, name);
  await writeFile(file, text, { mode: 0o600 });
  return { file };
}
