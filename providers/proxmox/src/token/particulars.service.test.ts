import { SecretFolder } from "@nixops4-resources/protocol-secrets/testing";
import { afterAll, describe, expect, test } from "vitest";
import * as z from "zod/mini";
import { startOldServer } from "../testing/old-server.ts";
import { tokenRights } from "../testing/rights.ts";
import { describeProxmox } from "../testing/suite.ts";

const made = z.object({ value: z.string() });

describe("the secret", async () => {
  const secrets = await SecretFolder.make();
  afterAll(() => secrets[Symbol.asyncDispose]());

  describeProxmox("a token", { rights: tokenRights, users: ["alice@pve"], roles: ["tenant"], secrets }, (suite) => {
    const path = "/access/users/alice@pve/token/deploy";
    const deploy = { user: "alice@pve", name: "deploy", store: secrets.place, secretName: "proxmox/deploy" };
    const apply = (inputs: object = {}) => suite().deployment.create("token", { ...deploy, ...inputs });
    const call = (...given: Parameters<ReturnType<typeof suite>["server"]["call"]>) => suite().server.call(...given);
    const byHand = async (): Promise<string> => `alice@pve!deploy=${made.parse(await call("POST", path, {})).value}`;
    const connects = async (token: string): Promise<string | undefined> =>
      (
        await suite()
          .connecting({ token: { env: "TOKEN" } }, { TOKEN: token })
          .list("pool")
      ).error;

    test("it works as `connection.token`, and is nowhere but in the store", async () => {
      const { outputs, said } = await apply();
      const text = await secrets.valueOf("proxmox/deploy");
      expect(outputs["tokenId"]).toBe("alice@pve!deploy");
      expect(text).toMatch(/^alice@pve!deploy=[0-9a-f-]{36}$/);
      expect(said).not.toContain(text);
      expect(said).not.toContain(text.split("=")[1]);
      expect(await connects(text)).toBeUndefined();
      const other = suite().connecting({ token: Object(outputs["secret"]) });
      expect((await other.list("pool")).error).toBeUndefined();
    });

    test("a lost one is replaced, as planned, and the token keeps its permissions", async () => {
      await apply();
      await call("PUT", "/access/acl", { path: "/pool/a", roles: "tenant", tokens: "alice@pve!deploy" });
      const acl = await call("GET", "/access/acl");
      const old = await secrets.valueOf("proxmox/deploy");
      await secrets.remove("proxmox/deploy");
      const { body } = await suite().deployment.plan("token", deploy);
      expect(body).toMatchObject({ action: "update", differences: [{ field: "store" }] });
      expect((await apply()).outcome).toBe("updated");
      const renewed = await secrets.valueOf("proxmox/deploy");
      expect(renewed).not.toBe(old);
      expect(await connects(renewed)).toBeUndefined();
      expect(await connects(old)).toContain("[proxmox.token.refused]");
      expect(await call("GET", "/access/acl")).toEqual(acl);
      expect((await apply()).outcome).toBe("unchanged");
    });

    test("before Proxmox VE 9.2 the token is made again, with its permissions", async () => {
      await using old = await startOldServer(suite().backend.access.endpoint);
      const { account } = await suite().as("operator", [
        { path: "/", privileges: ["Permissions.Modify"] },
        { path: "/access", privileges: ["Permissions.Modify", "User.Modify"] },
      ]);
      await apply({ comment: "Shop", expiresAt: "2040-01-31T00:00:00Z" });
      await call("PUT", "/access/acl", { path: "/pool/a", roles: "tenant", tokens: "alice@pve!deploy", propagate: 0 });
      const before = [await call("GET", "/access/acl"), await suite().backend.snapshot()];
      await secrets.remove("proxmox/deploy");
      const token = { command: ["echo", account.token] };
      const limited = await suite().connecting({ url: old.url }).create("token", deploy);
      expect(limited.error).toContain("Permissions.Modify on the path /");
      const { outcome } = await suite().connecting({ url: old.url, token }).create("token", deploy);
      expect(outcome).toBe("updated");
      expect(old.asked).toContain("DELETE /api2/json/access/users/alice%40pve/token/deploy");
      expect([await call("GET", "/access/acl"), await suite().backend.snapshot()]).toEqual(before);
      expect(await connects(await secrets.valueOf("proxmox/deploy"))).toBeUndefined();
    });

    test("an older one in the store is known to be wrong: a process was killed before it stored the new one", async () => {
      await apply();
      const comment = Object(await call("GET", path)).comment;
      // As after PUT with regenerate, without the store's part.
      await call("PUT", path, { regenerate: 1, comment: String(comment).replace(/"secret":"\w+"/, '"secret":"0123"') });
      expect(await connects(await secrets.valueOf("proxmox/deploy"))).toContain("[proxmox.token.refused]");
      expect((await apply()).outcome).toBe("updated");
      expect(await connects(await secrets.valueOf("proxmox/deploy"))).toBeUndefined();
    });

    test("a token that people deleted and made again is theirs", async () => {
      await apply();
      await call("DELETE", path);
      const theirs = await byHand();
      expect((await apply()).error).toContain("[protocol.ownership.unmarked]");
      expect(await connects(theirs)).toBeUndefined();
      await call("DELETE", path);
      expect((await apply()).outcome).toBe("created");
      expect(await connects(await secrets.valueOf("proxmox/deploy"))).toBeUndefined();
    });

    test("that of an adopted token is never replaced: it must be imported first, and be right", async () => {
      const text = await byHand();
      const adopting = { adopt: true };
      for (const { error } of [
        await suite().deployment.plan("token", { ...deploy, ...adopting }),
        await apply(adopting),
      ]) {
        expect(error).toContain("[proxmox.token.secretUnknown]");
      }
      await secrets.put("proxmox/deploy", text.replace(/=.*/, "=00000000-0000-4000-8000-000000000000"));
      expect((await apply(adopting)).error).toContain("[secret.store.taken]");
      await secrets.remove("proxmox/deploy");
      await secrets.put("proxmox/deploy", text);
      expect((await apply(adopting)).outcome).toBe("adopted");
      expect((await apply(adopting)).outcome).toBe("unchanged");
      await secrets.remove("proxmox/deploy");
      expect((await apply(adopting)).error).toContain("[proxmox.token.secretUnknown]");
      expect(await connects(text)).toBeUndefined();
    });

    test("another value in the store is not replaced", async () => {
      await secrets.put("proxmox/deploy", "of a person");
      const before = await suite().backend.snapshot();
      expect((await apply()).error).toContain("[secret.store.taken]");
      expect(await suite().backend.snapshot()).toEqual(before);
    });

    test("it is destroyed without a state, together with the token", async () => {
      const before = await suite().backend.snapshot();
      await apply();
      expect((await suite().deployment.destroy("token", deploy)).outcome).toBe("deleted");
      expect(await suite().backend.snapshot()).toEqual(before);
    });

    test("a user that does not exist yet is an error of the create, not of the plan", async () => {
      const inputs = { ...deploy, user: "bob@pve" };
      expect((await suite().deployment.plan("token", inputs)).body).toMatchObject({ action: "create" });
      const { error } = await suite().deployment.create("token", inputs);
      expect(error).toContain(
        "[proxmox.user.missing] Unable to create token bob@pve!deploy: the user bob@pve does not exist",
      );
      expect((await suite().deployment.destroy("token", inputs)).outcome).toBe("unchanged");
      expect(await secrets.snapshot()).toEqual([]);
    });

    test("without User.Modify the message names path and privilege, and nothing counts as missing", async () => {
      await apply();
      const { deployment } = await suite().as("limited", [{ path: "/access", privileges: ["Sys.Audit"] }]);
      for (const { error } of [await deployment.create("token", deploy), await deployment.destroy("token", deploy)]) {
        expect(error).toContain("[proxmox.permission.denied]");
      }
      expect((await apply()).outcome).toBe("unchanged");
    });

    test("the provider's own token is not deleted", async () => {
      const { user } = suite().backend.account;
      const own = { user, name: "work", store: secrets.place, secretName: "proxmox/own" };
      const mark = JSON.stringify({ v: 1, managedBy: "shop", type: "token" });
      await call("PUT", `/access/users/${user}/token/work`, { comment: `nixops4:${mark}` });
      expect((await suite().deployment.create("token", own)).error).toContain("never renews");
      expect((await suite().deployment.destroy("token", own)).error).toContain("[proxmox.token.own]");
      await call("PUT", `/access/users/${user}/token/work`, { comment: "" });
    });

    test.each([
      [{ user: "alice" }, "user"],
      [{ name: "k" }, "name"],
      [{ name: "1a" }, "name"],
      [{ expiresAt: "2030-01-31" }, "expiresAt"],
    ])("rejects %j", async (inputs, name) => {
      const { error } = await apply(inputs);
      expect(error).toContain("[protocol.inputs.invalid]");
      expect(error).toContain(`\`${name}`);
    });
  });
});
