import { expect, test } from "vitest";
import { joinGroup } from "../testing/by-hand.ts";
import { changePassword, search } from "../testing/directory.ts";
import { describeLldap } from "../testing/suite.ts";

const password = "correct horse battery";

/** What the applications put in place of their placeholders, after escaping it for a filter. */
const asMastodon = (filter: string, input: string): string =>
  filter.replaceAll("%{uid}", "uid").replaceAll("%{mail}", "mail").replaceAll("%{email}", input);
const asAuthelia = (filter: string, input: string): string =>
  filter.replaceAll("{username_attribute}", "uid").replaceAll("{mail_attribute}", "mail").replaceAll("{input}", input);

describeLldap(
  "filters for a group",
  {
    users: ["ada", "grace", "reader"],
    groups: ["others", "operators of others"],
    passwords: [password],
  },
  (suite) => {
    const server = () => suite().server;
    const shop = () => suite().deployment;

    /** DNs that a service account finds. */
    const find = async (filter: unknown): Promise<unknown[]> => {
      const as = `uid=reader,ou=people,${server().baseDn}`;
      return (await search(server(), { as, password, filter: String(filter) })).map(({ dn }) => dn);
    };

    /** Creates the group with the member ada; grace is in other groups. */
    const createGroup = async (name: string) => {
      await joinGroup(server(), "reader", "lldap_strict_readonly");
      await changePassword(server(), "reader", password);
      const { outputs, error } = await shop().create("group", { name });
      expect(error).toBeUndefined();
      await joinGroup(server(), "ada", name);
      await joinGroup(server(), "grace", "others");
      await joinGroup(server(), "grace", "operators of others");
      return outputs;
    };

    test.each(["operators", "Mail Operators", "équipe_1@a.b-c"])(
      "of %s find the member and nobody else, with the filters as they are",
      async (name) => {
        const outputs = await createGroup(name);
        const ada = `uid=ada,ou=people,${server().baseDn}`;
        expect(await find(outputs["memberFilter"])).toEqual([ada]);
        for (const [filter, filled] of [
          [outputs["mastodonSearchFilter"], asMastodon],
          [outputs["autheliaUsersFilter"], asAuthelia],
        ] as const) {
          expect(await find(filled(String(filter), "ada"))).toEqual([ada]);
          expect(await find(filled(String(filter), "ada@example.org"))).toEqual([ada]);
          expect(await find(filled(String(filter), "ADA@example.org"))).toEqual([ada]);
          expect(await find(filled(String(filter), "grace"))).toEqual([]);
          expect(await find(filled(String(filter), "grace@example.org"))).toEqual([]);
          expect(await find(filled(String(filter), "reader"))).toEqual([]);
        }
      },
    );

    test("are the documented texts", async () => {
      const { baseDn } = server();
      expect(await createGroup("Operators")).toMatchObject({
        dn: `cn=operators,ou=groups,${baseDn}`,
        name: "Operators",
        baseDn,
        memberFilter: `(memberof=cn=operators,ou=groups,${baseDn})`,
        mastodonSearchFilter: `(&(memberof=cn=operators,ou=groups,${baseDn})(|(%{uid}=%{email})(%{mail}=%{email})))`,
        autheliaUsersFilter: `(&(memberof=cn=operators,ou=groups,${baseDn})(|({username_attribute}={input})({mail_attribute}={input}))(objectClass=person))`,
      });
    });

    test("find groups of a member by Authelia's own filter, with the DN in the case of the name", async () => {
      const { dn } = await createGroup("Mail Operators");
      const found = await find(`(&(member=uid=ada,ou=people,${server().baseDn})(objectClass=groupOfUniqueNames))`);
      expect(found.map((one) => String(one).toLowerCase())).toEqual([dn]);
    });
  },
);
