import { InsufficientAccessError } from "ldapts";
import { expect, test } from "vitest";
import { createUser } from "../testing/by-hand.ts";
import { changePassword, search } from "../testing/directory.ts";
import { describeLldap } from "../testing/suite.ts";

const environment = { APP_PASSWORD: "of the application" };

describeLldap(
  "a service account in the directory",
  { environment, groups: ["operators"], users: ["grace"] },
  (suite) => {
    const account = { id: "mastodon", password: { env: "APP_PASSWORD" } };
    const create = (inputs: object = {}) => suite().deployment.create("service_account", { ...account, ...inputs });

    test("finds users and groups with its outputs, and cannot write", async () => {
      const { outputs } = await create();
      expect(outputs).toMatchObject({
        bindDn: "uid=mastodon,ou=people,dc=example,dc=com",
        baseDn: "dc=example,dc=com",
        usersDn: "ou=people,dc=example,dc=com",
        groupsDn: "ou=groups,dc=example,dc=com",
      });
      const as = { as: String(outputs["bindDn"]), password: environment.APP_PASSWORD };
      expect(await search(suite().server, { ...as, filter: "(uid=grace)" })).toMatchObject([
        { mail: "grace@example.org" },
      ]);
      expect(await search(suite().server, { ...as, filter: "(cn=operators)" })).toHaveLength(1);
      await expect(changePassword(suite().server, "grace", "stolen", as)).rejects.toBeInstanceOf(
        InsufficientAccessError,
      );
    });

    test("as a password manager it may set passwords of people", async () => {
      const { outputs } = await create({ groups: ["lldap_password_manager"] });
      const as = { as: String(outputs["bindDn"]), password: environment.APP_PASSWORD };
      await changePassword(suite().server, "grace", "a new one", as);
    });

    test("leaves the built-in group that it joins as it is", async () => {
      const before = await suite().backend.snapshot();
      await create();
      expect((await suite().deployment.destroy("service_account", account)).outcome).toBe("deleted");
      expect(await suite().backend.snapshot()).toEqual(before);
    });

    test("gets an address that nobody else has, and says who has it if somebody does", async () => {
      expect((await create()).outcome).toBe("created");
      expect((await suite().deployment.destroy("service_account", account)).outcome).toBe("deleted");
      await createUser(suite().server, { id: "other", email: "Mastodon@shop.invalid" });
      expect((await create()).error).toContain("the user other already has the e-mail address mastodon@shop.invalid");
    });
  },
);
