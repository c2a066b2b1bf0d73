import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { startGarage } from "@nixops4-resources/integration-servers/garage/garage";
import { serverOf } from "@nixops4-resources/integration-servers/testing";
import { Deployment, type DeploymentReply, type Message } from "@nixops4-resources/protocol-core/testing";
import { SecretFolder } from "@nixops4-resources/protocol-secrets/testing";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import * as z from "zod/mini";
import { GarageBackend } from "../testing/backend.ts";
import { scopes } from "./scopes.ts";

const main = join(import.meta.dirname, "../../dist/main.cjs");

describe("on Garage 2.5.0", async () => {
  const server = serverOf(startGarage);
  const secrets = await SecretFolder.make();
  let garage: GarageBackend;
  let deployment: Deployment;
  beforeAll(() => {
    garage = new GarageBackend(server(), secrets);
    deployment = new Deployment(main, garage.connection);
  });
  beforeEach(() => garage.reset());
  afterAll(() => secrets[Symbol.asyncDispose]());

  const apply = (inputs: Message): Promise<DeploymentReply> => deployment.create("admin_token", inputs);
  const reader = { name: "reader", scopes: ["ListKeys"], store: secrets.place, secretName: "garage/reader" };
  const ids = async (): Promise<unknown[]> => (await garage.tokens()).map(({ id }) => id);

  test("a token works with its scopes, and its secret is nowhere but in the store", async () => {
    const { outputs, said } = await apply(reader);
    const secret = await secrets.valueOf("garage/reader");
    expect(secret.split(".")[0]).toBe(outputs["tokenId"]);
    expect(said).not.toContain(secret);
    const own = new Deployment(main, { ...garage.connection, token: { env: "OWN_TOKEN" } }, { OWN_TOKEN: secret });
    expect((await own.list("key")).error).toBeUndefined();
    expect((await own.list("bucket")).error).toContain("does not include ListBuckets");
  });

  test("a token whose secret is lost is deleted and made again, as planned", async () => {
    const before = await apply(reader);
    await secrets.remove("garage/reader");
    const { body } = await deployment.plan("admin_token", reader);
    expect(body).toMatchObject({ action: "update", differences: [{ field: "store" }] });
    const after = await apply(reader);
    expect(after.outcome).toBe("updated");
    expect(after.outputs["tokenId"]).not.toBe(before.outputs["tokenId"]);
    expect(await ids()).toEqual([after.outputs["tokenId"]]);
    expect((await secrets.valueOf("garage/reader")).split(".")[0]).toBe(after.outputs["tokenId"]);
  });

  test("an adopted token is never made again: its secret must be imported first", async () => {
    const { id, secret } = await garage.makeToken("reader", ["ListKeys"]);
    const adopting = { ...reader, adopt: true };
    for (const { error } of [await deployment.plan("admin_token", adopting), await apply(adopting)]) {
      expect(error).toContain("[garage.token.secretUnknown]");
    }
    await secrets.put("garage/reader", secret);
    expect((await apply(adopting)).outcome).toBe("adopted");
    await secrets.remove("garage/reader");
    expect((await apply(adopting)).error).toContain("[garage.token.secretUnknown]");
    expect(await ids()).toEqual([id]);
  });

  test("another value in the store is not taken for the token's secret", async () => {
    await secrets.put("garage/reader", "of a person");
    expect((await apply(reader)).error).toContain("[secret.store.taken]");
    await garage.makeToken("reader", ["ListKeys"]);
    expect((await apply({ ...reader, adopt: true })).error).toContain("[secret.store.taken]");
    expect(await secrets.valueOf("garage/reader")).toBe("of a person");
  });

  test("a token is destroyed without a state, together with its secret", async () => {
    await apply(reader);
    expect((await deployment.destroy("admin_token", reader)).outcome).toBe("deleted");
    expect(await ids()).toEqual([]);
    expect(await secrets.snapshot()).toEqual([]);
    expect(await garage.log()).not.toMatch(/[?&]id=(&|\s|$)/m);
  });

  test.each([
    [{ scopes: ["ListKey"] }, "scopes"],
    [{ scopes: [] }, "scopes"],
    [{ expiresAt: "tomorrow" }, "expiresAt"],
    [{ expiresAt: "2030-13-01T00:00:00Z" }, "expiresAt"],
  ])("rejects %s", async (inputs, name) => {
    const { error } = await apply({ ...reader, ...inputs });
    expect(error).toContain("[protocol.inputs.invalid]");
    expect(error).toContain(`\`${name}`);
  });
});

const specs = process.env["NIXOPS4_RESOURCES_SPECS"] ?? join(import.meta.dirname, "../../../../../shared/specs");
const specification = join(specs, "garage/garage-admin-v2.json");

test.skipIf(!existsSync(specification))("the known scopes are those of Garage's specification, and those since", () => {
  const { paths } = z
    .object({ paths: z.record(z.string(), z.unknown()) })
    .parse(JSON.parse(readFileSync(specification, "utf8")));
  const endpoints = Object.keys(paths).flatMap((path) => /^\/v2\/(\w+)$/.exec(path)?.[1] ?? []);
  const known: readonly string[] = scopes;
  expect(known.filter((scope) => !endpoints.includes(scope))).toEqual([
    "*",
    "ListBucketsInfo",
    "ListKeysInfo",
    "Metrics",
  ]);
  expect(endpoints.filter((endpoint) => !known.includes(endpoint))).toEqual([]);
});
