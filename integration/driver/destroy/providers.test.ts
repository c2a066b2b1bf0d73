import { join } from "node:path";
import pLimit from "p-limit";
import { expect, test } from "vitest";
import type { MemberRequest, Provider } from "../evaluation/member.ts";
import { ProviderProcesses } from "../provider/processes.ts";
import { Providers } from "./providers.ts";

const providers = join(import.meta.dirname, "../../../providers");
const providerOf = (name: string): Provider => ({
  executable: process.execPath,
  args: [join(providers, name, "dist/main.cjs")],
});
const member = (type: string, provider: Provider): MemberRequest => ({
  path: [type],
  type,
  provider,
  inputs: {},
  outputs: [],
  state: null,
});

test("an undeclared member has the provider whose type of that name takes its inputs", async () => {
  const members = [member("database", providerOf("postgres")), member("vm", providerOf("proxmox"))];
  await using processes = new ProviderProcesses(process.env, () => {});
  const found = await Providers.of(
    members,
    pLimit(2),
    processes.for(() => {}),
  );
  expect(found.having("role", { name: "app", login: true }, ["app"])).toEqual(providerOf("postgres"));
  expect(found.having("role", { name: "app", privileges: [] }, ["app"])).toEqual(providerOf("proxmox"));
  expect(() => found.having("role", { name: "app" }, ["app"])).toThrow("several providers have its type role");
});
