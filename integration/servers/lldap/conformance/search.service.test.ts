import type { Entry, SearchOptions } from "ldapts";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { Entries } from "../entries.ts";
import { groupDn, LdapCalls, userDn } from "../ldap-calls.ts";
import { startLldap, whatAnswers } from "../lldap.ts";
import { resetLldap } from "../reset.ts";
import { serverOf } from "../../testing.ts";

const mark = { name: "mark", value: ["Mine"] };
const attributes = [mark, { name: "tags", value: ["b", "a"] }, { name: "born", value: ["2019-10-12T07:20:50.52Z"] }];

const code = (value: number): unknown => expect.objectContaining({ code: value });

describe(`searches of ${whatAnswers}`, () => {
  const server = serverOf(startLldap);
  let ldap: LdapCalls;
  let prepared: Promise<LdapCalls> | undefined;
  // No test writes anything.
  beforeEach(async () => {
    prepared ??= prepare();
    ldap = await prepared;
  });
  afterAll(async () => await (await prepared)?.[Symbol.asyncDispose]());

  async function prepare(): Promise<LdapCalls> {
    await resetLldap(server());
    const entries = new Entries(server());
    for (const kind of ["User", "Group"] as const) {
      await entries.addAttribute(kind, "mark", "STRING", { isVisible: false });
    }
    await entries.addAttribute("User", "tags", "STRING", { isList: true });
    await entries.addAttribute("User", "born", "DATE_TIME");
    await entries.createUser("bob", { email: "Bob@Example.com", displayName: "Bob", firstName: "B", attributes });
    await entries.createUser("carol");
    const team = await entries.createGroup("Team One", { attributes: [mark] });
    for (const id of ["carol", "bob"]) await entries.addMember(id, team);
    return await LdapCalls.ofAdministrator(server());
  }

  const people = (): string => `ou=people,${server().baseDn}`;
  const groups = (): string => `ou=groups,${server().baseDn}`;
  const dn = (id: string): string => userDn(server(), id);

  const search = async (base: string, options: SearchOptions): Promise<Entry[]> => await ldap.search(base, options);
  const names = async (base: string, filter: string, scope: SearchOptions["scope"] = "sub"): Promise<string[]> =>
    (await search(base, { filter, scope, attributes: ["uid"] })).map(({ uid }) => String(uid));

  test("the root tells anybody that this is lldap, but not the version of the server", async () => {
    await using nobody = new LdapCalls(server().ldapUrl);
    const [root] = await nobody.search("", { scope: "base", filter: "(objectClass=*)", attributes: ["vendorName"] });
    expect(root).toMatchObject({
      vendorName: "LLDAP",
      vendorVersion: expect.stringMatching(/^lldap_/),
      supportedExtension: ["1.3.6.1.4.1.4203.1.11.1", "1.3.6.1.4.1.4203.1.11.3"],
      namingContexts: server().baseDn,
    });
    await expect(nobody.search(server().baseDn, { filter: "(uid=*)" })).rejects.toEqual(code(50));
  });

  test("without names or with `*`, a user has its attributes under two names, and no group", async () => {
    const expected = {
      dn: dn("bob"),
      uid: "bob",
      mail: "Bob@Example.com",
      cn: "Bob",
      givenname: "B",
      first_name: "B",
      mark: "Mine",
      tags: ["b", "a"],
      born: "20191012072050Z",
      objectclass: ["inetOrgPerson", "posixAccount", "mailAccount", "person"],
      createtimestamp: expect.stringMatching(/^\d{14}Z$/),
      entryuuid: expect.any(String),
    };
    expect(await search(people(), { filter: "(uid=bob)" })).toEqual([expected]);
    expect(await search(people(), { filter: "(uid=bob)", attributes: ["*"] })).toMatchObject([expected]);
  });

  test("attributes are returned in the spelling of the request; values that are missing or empty are not", async () => {
    const requested = ["UID", "memberOf", "pwdChangedTime", "sn", "nothing", "entryDN"];
    const [bob] = await search(people(), { filter: "(uid=bob)", attributes: requested });
    expect(bob).toMatchObject({
      UID: "bob",
      memberOf: groupDn(server(), "Team One"),
      pwdChangedTime: expect.stringMatching(/^\d{14}Z$/),
      entryDN: dn("bob"),
    });
    expect(await search(people(), { filter: "(uid=bob)", attributes: ["sn", "nothing"] })).toEqual([
      { dn: dn("bob"), sn: [], nothing: [] },
    ]);
  });

  test("a group has its members in the order in which they were added", async () => {
    expect(await search(groups(), { filter: "(cn=team one)" })).toEqual([
      {
        dn: groupDn(server(), "Team One"),
        cn: "Team One",
        uid: "Team One",
        member: [dn("carol"), dn("bob")],
        uniquemember: [dn("carol"), dn("bob")],
        mark: "Mine",
        objectclass: ["groupOfUniqueNames", "groupOfNames"],
        entryuuid: expect.any(String),
      },
    ]);
  });

  test.each([
    ["(uid=BOB)", ["bob"]],
    ["(mail=BOB@example.COM)", ["bob"]],
    ["(cn=Bob)", ["bob"]],
    ["(cn=BOB)", []],
    ["(givenName=B)", ["bob"]],
    ["(givenName=b)", []],
    ["(mark=Mine)", ["bob"]],
    ["(mark=mine)", []],
    ["(mark=*)", ["bob"]],
    ["(born=2019-10-12T07:20:50.52Z)", ["bob"]],
    ["(uid=*)", ["admin", "bob", "carol"]],
    ["(mail=*)", ["admin", "bob", "carol"]],
    ["(nothing=*)", []],
    ["(nothing=x)", []],
    ["(!(nothing=x))", ["admin", "bob", "carol"]],
    ["(uid=*O*)", ["bob", "carol"]],
    ["(cn=b*)", ["bob"]],
    ["(uid=b_b)", []],
    ["(uid=b_*)", ["bob"]],
    ["(memberOf=TEAM ONE)", ["bob", "carol"]],
    ["(memberOf=lldap_admin)", ["admin"]],
    ["(memberOf=cn=x,dc=elsewhere)", []],
    ["(objectClass=PERSON)", ["admin", "bob", "carol"]],
    ["(objectClass=groupOfNames)", []],
    ["(&(uid=*o*)(!(mark=*)))", ["carol"]],
    ["(|(uid=bob)(uid=carol))", ["bob", "carol"]],
    ["(dn=bob)", ["bob"]],
    ["(entryUUID=x)", []],
  ])("the filter %s finds the users %j", async (filter, found) => {
    expect(await names(people(), filter)).toEqual(found.map((id) => (id === "admin" ? server().username : id)));
  });

  test("the filter (memberOf=DN) finds the members", async () => {
    expect(await names(people(), `(memberOf=${groupDn(server(), "TEAM one")})`)).toEqual(["bob", "carol"]);
    expect(await names(groups(), `(member=${dn("BOB")})`)).toEqual(["Team One"]);
    expect(await names(groups(), "(uniqueMember=bob)")).toEqual(["Team One"]);
  });

  test.each([
    "(tags=a)",
    "(givenName=B*)",
    "(memberOf=T*)",
    "(uid>=a)",
    "(uid<=a)",
    "(uid~=a)",
    "(|(uid=bob)(tags=a))",
  ])("the filter %s of users has code 53", async (filter) => {
    await expect(names(people(), filter)).rejects.toEqual(code(53));
  });

  test.each([
    ["(member=b*)", 53],
    ["(createTimestamp=x)", 53],
    ["(entryUUID=x)", 80],
  ])("the filter %s of groups has code %i", async (filter, value) => {
    await expect(names(groups(), filter)).rejects.toEqual(code(value));
  });

  test("a filter that only groups or only users support finds these from the root", async () => {
    expect(await names(server().baseDn, "(entryUUID=x)")).toEqual([]);
    expect(await names(server().baseDn, "(cn=team*)")).toEqual(["Team One"]);
    expect(await names(server().baseDn, "(mark=*)")).toEqual(["bob", "Team One"]);
    await expect(names(server().baseDn, "(uid>=a)")).rejects.toEqual(code(53));
  });

  test("the scope makes a difference for the folders only", async () => {
    const everything = await names(server().baseDn, "(uid=*)", "sub");
    for (const scope of ["base", "one"] as const) {
      expect(await names(server().baseDn, "(uid=*)", scope), scope).toEqual(everything);
    }
    expect(await search(people(), { scope: "base", filter: "(uid=bob)" })).toEqual([
      { dn: people(), objectClass: ["top", "organizationalUnit"] },
    ]);
    expect(await names(dn("BOB"), "(objectClass=*)", "base")).toEqual(["bob"]);
    expect(await names(groupDn(server(), "team ONE"), "(objectClass=*)", "base")).toEqual(["Team One"]);
  });

  test("a search of a base without an entry has code 32; another scope finds nothing", async () => {
    for (const base of [dn("ghost"), groupDn(server(), "ghost"), "dc=elsewhere"]) {
      await expect(names(base, "(objectClass=*)", "base"), base).rejects.toEqual(code(32));
      expect(await names(base, "(objectClass=*)"), base).toEqual([]);
    }
    await expect(names("nothing", "(objectClass=*)")).rejects.toEqual(code(34));
  });

  test("every page is the only one, and a limit is ignored", async () => {
    const all = await names(server().baseDn, "(objectClass=*)");
    const options = { filter: "(objectClass=*)", attributes: ["uid"] };
    for (const limited of [{ paged: { pageSize: 1 } }, { sizeLimit: 1 }]) {
      expect(await search(server().baseDn, { ...options, ...limited })).toHaveLength(all.length);
    }
  });
});
